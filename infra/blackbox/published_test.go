package blackbox

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bash runs a command line as a reader of the documentation would, against the
// system under test.
func bash(t *testing.T, line string) string {
	t.Helper()
	// Without this, a proxy of the reader's would be asked for localhost.
	command := exec.Command("bash", "-c", strings.ReplaceAll(line, "http://localhost:3000", system.url))
	command.Env = append(os.Environ(), "no_proxy=localhost,127.0.0.1")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return string(out)
}

func published(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPublishedRoomIsAnsweredMemberForMember(t *testing.T) {
	want := published(t, "room.json")
	for name, line := range map[string]string{
		// The published line has no quotes, so the shell ends it at the first &.
		"as printed": `curl -s http://localhost:3000/api/v1/livechat/room?token=8s7e9ony6ctl27e1qf8kue&rid=kCJDd5peKiZnGJLPq&agentId=XycfA5CetCPuEjqxw
wait`,
		"quoted": `curl -s 'http://localhost:3000/api/v1/livechat/room?token=8s7e9ony6ctl27e1qf8kue&rid=kCJDd5peKiZnGJLPq&agentId=XycfA5CetCPuEjqxw'`,
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(parse(t, want), parse(t, bash(t, line))); diff != "" {
				t.Errorf("answer (-published +got):\n%s", diff)
			}
		})
	}
}

func TestPublishedSurveyLineSaysWhereItIsBroken(t *testing.T) {
	got := bash(t, `curl -s -X POST \
     -H "Content-type:application/json" \
     http://localhost:3000/api/v1/livechat/room.survey \
     -d '{"rid":"XFzMqgn33DcsQkpJp", "token": "iNKE8a6k6cjbqWhWd", "data": "[{"name": "satisfaction", "value": "3"}]"}'`)
	want := `{"success":false,"errorType":"invalid-json",
		"error":"Invalid JSON: invalid character 'n' after object key:value pair, at byte 70 [invalid-json]"}`
	if diff := cmp.Diff(parse(t, want), parse(t, got)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestPublishedSurveyAnswersAreMerged(t *testing.T) {
	want := `{"rid":"XFzMqgn33DcsQkpJp","data":{"satisfaction":"3","agentResposiveness":"5"},"success":true}`
	for name, data := range map[string]string{
		"payload":        `[{"name": "satisfaction", "value": "3"}]`,
		"list as a text": `"[{\"name\": \"satisfaction\", \"value\": \"3\"}]"`,
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"rid":"XFzMqgn33DcsQkpJp","token":"iNKE8a6k6cjbqWhWd","data":` + data + `}`
			wantJSON(t, send(t, http.MethodPost, api+"room.survey", body), 200, want)
		})
	}
}

func TestPublishedMoveWorksAsPrinted(t *testing.T) {
	line := `curl -s "http://localhost:3000/api/v1/livechat/room.visitor" \
  -X PUT \
  -d "{\"rid\":\"2xC3rGZRiJztFYP5t\",\"visitorId\":\"qpdxquZygF4j9aFTR\"}" \
  -H "X-User-Id: YE3xHYifqk4ic3e3B" \
  -H "X-Auth-Token: DVeIk8owiiudy0_lP981GkTWXLTARcCNkef5XuIDVY5" \
  -H "Content-Type: application/json"`
	for range 2 { // the second time, nothing changes
		got := bash(t, line)
		for path, want := range map[string]string{
			"rid": "2xC3rGZRiJztFYP5t", "room rid": "2xC3rGZRiJztFYP5t", "room _id": "2xC3rGZRiJztFYP5t",
			"room v _id": "qpdxquZygF4j9aFTR", "room v username": "guest-2", "room v token": "gn33Dcsgn33DcsQk",
		} {
			if got := member(t, got, strings.Fields(path)...); got != want {
				t.Errorf("%s is %v, want %s", path, got, want)
			}
		}
	}
	resumed := send(t, http.MethodGet, api+"room?token=gn33Dcsgn33DcsQk", "")
	if got := member(t, resumed.body, "room", "_id"); got != "2xC3rGZRiJztFYP5t" {
		t.Errorf("the new visitor's room is %v", got)
	}
	wantJSON(t, send(t, http.MethodGet, api+"room?rid=2xC3rGZRiJztFYP5t&token=bZ5hWmQ9xTcK2fRpG", ""), 400,
		`{"success":false,"error":"invalid-room"}`)
}

// TestReadmeExamples runs every shell block of the README that is followed by a
// JSON block, and wants that answer; "…" stands for anything.
func TestReadmeExamples(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```")
	ran := 0
	for i := 1; i+2 < len(blocks); i += 2 {
		line, isShell := strings.CutPrefix(blocks[i], "sh\n")
		want, isJSON := strings.CutPrefix(blocks[i+2], "json\n")
		if !isShell || !isJSON {
			continue
		}
		ran++
		t.Run(strings.TrimSpace(strings.SplitN(line, "\n", 2)[0]), func(t *testing.T) {
			var got any
			out := bash(t, line)
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("no JSON: %s", out)
			}
			if diff := cmp.Diff(parse(t, want), elide(parse(t, want), got)); diff != "" {
				t.Errorf("answer (-README +got):\n%s", diff)
			}
		})
	}
	if ran < 3 {
		t.Errorf("the README has %d examples with answers, want one of each call at least", ran)
	}
}

// elide returns got with "…" wherever want has it, as a value or as a last
// member that stands for all further ones.
func elide(want, got any) any {
	if want == "…" {
		return "…"
	}
	wantObject, ok := want.(map[string]any)
	gotObject, ok2 := got.(map[string]any)
	if !ok || !ok2 {
		return got
	}
	elided := map[string]any{}
	for name, value := range gotObject {
		if _, named := wantObject[name]; named {
			elided[name] = elide(wantObject[name], value)
		} else if _, open := wantObject["…"]; !open {
			elided[name] = value
		}
	}
	if more, open := wantObject["…"]; open {
		elided["…"] = more
	}
	return elided
}
