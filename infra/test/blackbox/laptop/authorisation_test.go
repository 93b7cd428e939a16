package laptop

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"livechat/infra/openapi"
	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
)

var update = flag.Bool("update", false, "rewrite the table of who may do what")

// authorisationFile is the table, which is also documentation.
const authorisationFile = "functions/authorisation.md"

const authorisationHead = `# Who may do what

For everyone who reviews who can call what.

The tables show the answer of each call to each kind of caller, about each kind of room. A test
makes all of these calls and compares the answers with this page; it fails for a call without a
row. ` + "`-`" + ` marks combinations that cannot occur.

`

// TestAuthorisation makes every call as every kind of caller about every kind of room.
func TestAuthorisation(t *testing.T) {
	cloud, end, err := target.Laptop(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	w := &world{system: cloud, users: map[string]livechat.User{}, signIns: map[string][]string{}}
	w.makeUsers(t)

	got := authorisationHead + w.visitorsTable(t) + "\n" + w.usersTable(t) + "\n" + w.pagesTable(t)
	w.wantEveryRoute(t)
	t.Logf("%d calls", len(w.called))

	file := filepath.Join(root, authorisationFile)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { // a document
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-page +service):\n%s", authorisationFile, diff)
	}
}

// The kinds of rooms that a call can be about.
const (
	own     = "own"
	others  = "another's"
	queued  = "in the queue"
	closed  = "own, closed"
	missing = "no such room"
	noRoom  = "-"
)

// world holds the users and state for the calls. Each call gets its own room and
// visitors.
type world struct {
	system  *target.System
	users   map[string]livechat.User
	signIns map[string][]string

	lock   sync.Mutex
	called []string
	drawn  int
}

// scene is the setting of one call.
type scene struct {
	kind string
	// room is an unknown id if there is no such room. token and visitor belong to the
	// room's visitor, stranger and strangerID to another visitor.
	room, token, visitor, name string
	stranger, strangerID       string
	// colleague is another agent.
	colleague string
}

// The kinds of users. Three of those who are not let in know a user's id.
var (
	notLetIn  = []string{"nobody", "a wrong token", "an expired token", "a deactivated user"}
	roleNames = []string{"no role", livechat.RoleAgent, livechat.RoleMonitor, livechat.RoleManager, livechat.RoleAdmin}
)

func (w *world) makeUsers(t *testing.T) {
	t.Helper()
	add := func(name string, roles []string, active bool, expires livechat.Time) {
		user := livechat.User{ID: livechat.NewID(), Username: strings.ReplaceAll(name, " ", "-"), Roles: roles, Active: active}
		secret := livechat.NewID()
		token := livechat.AuthToken{UserID: user.ID, Hash: livechat.HashToken(secret), ExpiresAt: expires}
		if err := w.system.Store().CreateUser(t.Context(), user, token); err != nil {
			t.Fatal(err)
		}
		w.users[name], w.signIns[name] = user, []string{"X-User-Id", user.ID, "X-Auth-Token", secret}
	}
	for _, role := range roleNames {
		add(role, slices.DeleteFunc([]string{role}, func(r string) bool { return r == "no role" }), true, 0)
	}
	admin := []string{livechat.RoleAdmin}
	add("colleague", []string{livechat.RoleAgent}, true, 0)
	add("an expired token", admin, true, livechat.At(time.Now().Add(-time.Hour)))
	add("a deactivated user", admin, false, 0)
	w.signIns["a wrong token"] = []string{"X-User-Id", w.users[livechat.RoleAdmin].ID, "X-Auth-Token", "wrong"}
	w.users["a wrong token"] = w.users[livechat.RoleAdmin]
	w.users["nobody"] = w.users["no role"]
}

// visitorNamed stores a visitor with a unique name.
func (w *world) visitorNamed(t *testing.T) livechat.Visitor {
	t.Helper()
	w.lock.Lock()
	w.drawn++
	name := fmt.Sprintf("visitor-%d.", w.drawn)
	w.lock.Unlock()
	v := livechat.NewVisitor(livechat.NewID(), "secret-of-visitor-"+livechat.NewID(), livechat.At(time.Now()))
	v.Username = name
	if err := w.system.Store().PutVisitor(t.Context(), v); err != nil {
		t.Error(err)
	}
	return v
}

// scene stores a room of that kind, from the named user's point of view.
func (w *world) scene(t *testing.T, kind, user string) scene {
	t.Helper()
	visitor, stranger := w.visitorNamed(t), w.visitorNamed(t)
	s := scene{
		kind: kind, room: livechat.NewID(), token: visitor.Token, visitor: visitor.ID, name: visitor.Username,
		stranger: stranger.Token, strangerID: stranger.ID, colleague: w.users["colleague"].ID,
	}
	if kind == missing || kind == noRoom {
		return s
	}
	room, _ := livechat.Room{ID: s.room, Type: "l", Open: true, OpenedAt: livechat.At(time.Now().Add(-time.Hour)), WaitingResponse: true}.
		MoveTo(visitor, livechat.AuditEntry{})
	serving := w.users[user]
	if kind == others {
		serving = w.users["colleague"]
	}
	if kind != queued {
		room.ServedBy = &livechat.ServedBy{ID: serving.ID, Username: serving.Username, Ts: room.OpenedAt}
	}
	if kind == closed {
		room.Open, room.WaitingResponse, room.ClosedAt = false, false, room.OpenedAt.Add(time.Minute)
	}
	if err := w.system.Store().PutRoom(t.Context(), room); err != nil {
		t.Error(err)
	}
	return s
}

// call is made about a scene.
type call struct {
	route string
	about []string // kinds of rooms, or noRoom
	// request returns the rest of the path, and the body.
	request func(scene) (path, body string)
	// shows says that the answer may contain the visitor's token, because the caller is
	// the visitor.
	shows bool
	// listed says that the cell shows whether the room is in the answer.
	listed bool
}

// send makes the call and returns its cell of the table.
func (w *world) send(t *testing.T, c call, s scene, header []string) string {
	t.Helper()
	method, route, _ := strings.Cut(c.route, " ")
	w.lock.Lock()
	w.called = append(w.called, c.route)
	w.lock.Unlock()
	path, body := c.request(s)
	if strings.HasPrefix(path, "?") {
		path = route + path
	}
	a := w.system.Send(t, method, path, body, header...)
	cell := fmt.Sprint(a.Status)
	if a.Status == http.StatusBadRequest {
		cell += fmt.Sprint(" ", a.Member(t, "error"))
	}
	if c.listed && a.Status == http.StatusOK {
		cell += map[bool]string{true: ", listed", false: ", not listed"}[strings.Contains(a.Body, s.room)]
	}
	for _, token := range []string{s.token, s.stranger} {
		if token != "" && strings.Contains(a.Body, token) && !c.shows {
			t.Errorf("%s about a room (%s) shows a visitor's token: %s", c.route, s.kind, a.Body)
		}
	}
	return cell
}

// wantEveryRoute fails for each route that was not called.
func (w *world) wantEveryRoute(t *testing.T) {
	t.Helper()
	document, err := openapi.Read(filepath.Join(root, "infra/openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range document.Routes() {
		if !slices.Contains(w.called, route) {
			t.Errorf("%s has no row in %s: add who may call it", route, authorisationFile)
		}
	}
}

// rowsOf returns the rows that the functions make, in parallel.
func rowsOf(makers []func() string) string {
	rows := make([]string, len(makers))
	var making errgroup.Group
	making.SetLimit(8)
	for i, row := range makers {
		making.Go(func() error {
			rows[i] = row()
			return nil
		})
	}
	_ = making.Wait() // never fails
	return strings.Join(rows, "")
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

func header(cells ...string) string {
	return row(cells...) + "|" + strings.Repeat("---|", len(cells)) + "\n"
}
