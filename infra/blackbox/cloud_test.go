package blackbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// root is the repository.
var root = filepath.Join("..", "..")

// system is the cloud under test, and the store behind it.
var system struct {
	url   string
	store *store.Store
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "blackbox:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	endpoint := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	if endpoint == "" {
		return 0, fmt.Errorf("no database: run `make test`, or `go run ./infra/dynamodb-local/with -- go test ./...`")
	}
	data, err := os.MkdirTemp("", "livechat-blackbox-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(data)
	name := "blackbox-" + livechat.NewID()
	system.store = store.New(table.New(table.Emulator(endpoint), name))
	c, err := cloud.Start(context.Background(), cloud.Options{
		Root: root, Data: data, DatabaseEndpoint: endpoint, TableName: name, Log: os.Stderr,
		Seed: func(ctx context.Context, _, _ string) error { return demo.Seed(ctx, system.store) },
	})
	if err != nil {
		return 0, err
	}
	defer c.Close()
	system.url = c.URL()
	return m.Run(), nil
}

const api = "/api/v1/livechat/"

// The demo data's values.
const (
	marysToken = "8s7e9ony6ctl27e1qf8kue"
	marysRoom  = "kCJDd5peKiZnGJLPq"
)

// answer is one answer of the system.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends one request; header is a list of names and values.
func send(t testing.TB, method, path, body string, header ...string) answer {
	t.Helper()
	a, err := try(method, path, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(method, path, body string, header ...string) (answer, error) {
	r, err := http.NewRequest(method, system.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// signedIn are the headers of the demo's agent.
var signedIn = []string{"X-User-Id", demo.UserID, "X-Auth-Token", demo.AuthToken}

// parse returns a JSON text as plain values.
func parse(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("no JSON: %v: %s", err, text)
	}
	return value
}

// member returns a member of a JSON object by its path.
func member(t testing.TB, text string, path ...string) any {
	t.Helper()
	value := parse(t, text)
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no member %v in %s", path, text)
		}
		value = object[name]
	}
	return value
}

// wantJSON compares an answer member by member.
func wantJSON(t testing.TB, a answer, status int, body string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	if diff := cmp.Diff(parse(t, body), parse(t, a.body)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// register makes a visitor with a token of their own.
func register(t testing.TB) (token, id string) {
	t.Helper()
	token = livechat.NewID()
	a := send(t, http.MethodPost, api+"visitor", `{"visitor":{"token":"`+token+`"}}`)
	if a.status != 200 {
		t.Fatalf("register: %d %s", a.status, a.body)
	}
	return token, member(t, a.body, "visitor", "_id").(string)
}

// open opens the visitor's room.
func open(t testing.TB, token string) (rid string) {
	t.Helper()
	a := send(t, http.MethodGet, api+"room?token="+token, "")
	if a.status != 200 {
		t.Fatalf("open: %d %s", a.status, a.body)
	}
	return member(t, a.body, "room", "_id").(string)
}

// closedRoom puts a closed room of a new visitor into the table.
func closedRoom(t testing.TB, token string) (rid string) {
	t.Helper()
	visitor, _, err := system.store.VisitorByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	room, _ := livechat.Room{ID: livechat.NewID(), Type: "l", ClosedAt: visitor.Ts}.GiveTo(visitor, livechat.AuditEntry{})
	if err := system.store.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	return room.ID
}

func survey(token, rid string) string {
	return fmt.Sprintf(`{"token":%q,"rid":%q,"data":[{"name":"satisfaction","value":"3"}]}`, token, rid)
}

func move(rid, visitor string) string {
	return fmt.Sprintf(`{"rid":%q,"visitorId":%q}`, rid, visitor)
}
