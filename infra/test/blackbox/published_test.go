package blackbox

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/test/blackbox/target"
)

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
			if diff := cmp.Diff(target.Parse(t, want), target.Parse(t, system.Bash(t, line))); diff != "" {
				t.Errorf("answer (-published +got):\n%s", diff)
			}
		})
	}
}

func TestPublishedSurveyLineSaysWhereItIsBroken(t *testing.T) {
	got := system.Bash(t, `curl -s -X POST \
     -H "Content-type:application/json" \
     http://localhost:3000/api/v1/livechat/room.survey \
     -d '{"rid":"XFzMqgn33DcsQkpJp", "token": "iNKE8a6k6cjbqWhWd", "data": "[{"name": "satisfaction", "value": "3"}]"}'`)
	want := `{"success":false,"errorType":"invalid-json",
		"error":"Invalid JSON: invalid character 'n' after object key:value pair, at byte 70 [invalid-json]"}`
	if diff := cmp.Diff(target.Parse(t, want), target.Parse(t, got)); diff != "" {
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
			system.Send(t, http.MethodPost, api+"room.survey", body).Want(t, 200, want)
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
	// The second call changes nothing, and the token is not shown again.
	for _, token := range []any{"gn33Dcsgn33DcsQk", nil} {
		got := system.Bash(t, line)
		for path, want := range map[string]any{
			"rid": "2xC3rGZRiJztFYP5t", "room rid": "2xC3rGZRiJztFYP5t", "room _id": "2xC3rGZRiJztFYP5t",
			"room v _id": "qpdxquZygF4j9aFTR", "room v username": "guest-2", "room v token": token,
		} {
			if got := target.Member(t, got, strings.Fields(path)...); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
	}
	resumed := system.Send(t, http.MethodGet, api+"room?token=gn33Dcsgn33DcsQk", "")
	if got := resumed.Member(t, "room", "_id"); got != "2xC3rGZRiJztFYP5t" {
		t.Errorf("the new visitor's room is %v", got)
	}
	system.Send(t, http.MethodGet, api+"room?rid=2xC3rGZRiJztFYP5t&token=bZ5hWmQ9xTcK2fRpG", "").Want(t, 400,
		`{"success":false,"error":"invalid-room"}`)
}
