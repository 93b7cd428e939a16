//go:build sam

package invoke

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"livechat/infra/test/sam"
)

// TestSampleEventsAreAnswered follows the template's order, in which a visitor is
// registered before one is deleted.
func TestSampleEventsAreAnswered(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	local, err := sam.Open(root, os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"))
	if err != nil {
		t.Fatal(err)
	}
	if err := local.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range local.Functions() {
		t.Run(f.ID, func(t *testing.T) {
			result, err := local.Invoke(f)
			if err != nil {
				t.Fatal(err)
			}
			var answer struct {
				StatusCode   int
				ErrorMessage string
			}
			err = json.Unmarshal(result, &answer)
			if err != nil || answer.ErrorMessage != "" || len(f.Routes) > 0 && answer.StatusCode != 200 {
				t.Errorf("answered %s (%v)", result, err)
			}
		})
	}
}
