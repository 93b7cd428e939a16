package validators

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"livechat/infra/tools/npm"
)

// oracle is the program that calls the published validators.
type oracle struct {
	questions *json.Encoder
	answers   *json.Decoder
}

func startOracle(t *testing.T) oracle {
	t.Helper()
	packages := npm.Folder{Path: ".", What: "the published validators"}
	if err := packages.Install(t.Context(), os.Stderr); err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "oracle.mjs")
	node.Stderr = os.Stderr
	questions, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("start Node.js: %v", err)
	}
	t.Cleanup(func() {
		questions.Close()
		if err := node.Wait(); err != nil {
			t.Errorf("the validators failed: %v", err)
		}
	})
	return oracle{json.NewEncoder(questions), json.NewDecoder(answers)}
}

// verdict returns the published validator's verdict on the request.
func (o oracle) verdict(t failer, validator string, r request) verdict {
	t.Helper()
	question := struct {
		Validator string      `json:"validator"`
		Body      string      `json:"body"`
		Query     [][2]string `json:"query"`
	}{validator, r.body, r.query}
	var answer struct {
		OK    bool
		Error string
	}
	if err := o.questions.Encode(question); err != nil {
		t.Fatalf("ask %s: %v", validator, err)
	}
	if err := o.answers.Decode(&answer); err != nil {
		t.Fatalf("answer of %s to %v: %v", validator, r, err)
	}
	if answer.OK {
		return accepted
	}
	if r.body == "" {
		return refused
	}
	return verdict(answer.Error)
}
