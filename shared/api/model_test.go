package api_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
	"livechat/shared/store/verify"
)

// model holds the expected state of the service in plain maps.
type model struct {
	service
	// visitors has the existing visitors by token.
	visitors map[string]*modelVisitor
	rooms    map[string]*modelRoom
	ids      map[string]string // tokens of all visitors, existing or deleted, by id
}

type modelVisitor struct{ id, name string }

type modelRoom struct {
	token   string
	open    bool
	answers livechat.Answers
	history int
	moves   int
}

func (m *model) openRoomOf(token string) string {
	for id, r := range m.rooms {
		if r.token == token && r.open {
			return id
		}
	}
	return ""
}

var modelTokens = []string{"ann", "bob", "ßeta / 日本", "dan"}

func (m *model) drawToken(t *rapid.T) string { return rapid.SampledFrom(modelTokens).Draw(t, "token") }

func (m *model) drawRoom(t *rapid.T) string {
	return seldomUnknown(t, slices.Sorted(maps.Keys(m.rooms)))
}

// drawVisitor draws the id of an existing visitor or, seldom, of a deleted one.
func (m *model) drawVisitor(t *rapid.T) string {
	var existing, gone []string
	for _, id := range slices.Sorted(maps.Keys(m.ids)) {
		if v := m.visitors[m.ids[id]]; v != nil && v.id == id {
			existing = append(existing, id)
		} else {
			gone = append(gone, id)
		}
	}
	if len(gone) > 0 && rapid.IntRange(0, 31).Draw(t, "gone") == 0 {
		return rapid.SampledFrom(gone).Draw(t, "visitor")
	}
	return seldomUnknown(t, existing)
}

// seldomUnknown draws one of the ids or, seldom, an unknown id: the service takes half a
// second to find out that an id does not exist.
func seldomUnknown(t *rapid.T, ids []string) string {
	if rapid.IntRange(0, 31).Draw(t, "unknown") == 0 {
		return "unknown"
	}
	if len(ids) == 0 {
		t.Skip("there are no ids yet")
	}
	return rapid.SampledFrom(ids).Draw(t, "id")
}

func expect(t *rapid.T, a answered, refusal string) {
	t.Helper()
	if refusal == "" && (a.Status != 200 || !a.Success) || refusal != "" && (a.Status != 400 || a.Error != refusal) {
		t.Fatalf("got %d %q, want %q", a.Status, a.Error, refusal)
	}
}

func (m *model) Register(t *rapid.T) {
	token, name := m.drawToken(t), rapid.SampledFrom([]string{"", "Mary", "Zoë"}).Draw(t, "name")
	a := m.register(token, name)
	expect(t, a, "")
	v := m.visitors[token]
	if v == nil {
		if m.ids[a.Visitor.ID] != "" {
			t.Fatalf("the id %s was assigned twice", a.Visitor.ID)
		}
		v = &modelVisitor{id: a.Visitor.ID}
		m.visitors[token], m.ids[v.id] = v, token
	}
	if name != "" {
		v.name = name
	}
	if a.Visitor.ID != v.id || a.Visitor.Name != v.name {
		t.Fatalf("visitor %s %q, want %s %q", a.Visitor.ID, a.Visitor.Name, v.id, v.name)
	}
}

func (m *model) Open(t *rapid.T) {
	token := m.drawToken(t)
	a := m.openRoom(token)
	if m.visitors[token] == nil {
		expect(t, a, "invalid-token")
		return
	}
	expect(t, a, "")
	open := m.openRoomOf(token)
	if a.NewRoom != (open == "") || open != "" && a.Room.ID != open {
		t.Fatalf("got room %s, new %v; open was %q", a.Room.ID, a.NewRoom, open)
	}
	if name := m.visitors[token].name; name != "" && a.Room.Fname != name {
		t.Fatalf("the room is called %q, the visitor %q", a.Room.Fname, name)
	}
	if open == "" {
		m.rooms[a.Room.ID] = &modelRoom{token: token, open: true, answers: livechat.Answers{}}
	}
}

func (m *model) Answer(t *rapid.T) {
	token, rid := m.drawToken(t), m.drawRoom(t)
	name := rapid.SampledFrom([]string{"satisfaction", "agentKnowledge", "unknown"}).Draw(t, "question")
	value := rapid.SampledFrom([]string{"1", "5"}).Draw(t, "value")
	a := m.answer(token, rid, name, value)
	room := m.rooms[rid]
	switch {
	case m.visitors[token] == nil:
		expect(t, a, "invalid-token")
	case room == nil || room.token != token:
		expect(t, a, "invalid-room")
	case name == "unknown":
		expect(t, a, "invalid-data")
	default:
		expect(t, a, "")
		room.answers[name] = value
		room.history++
		if diff := cmp.Diff(room.answers, a.Data); diff != "" {
			t.Fatalf("answers (-model +answer):\n%s", diff)
		}
	}
}

func (m *model) Move(t *rapid.T) {
	rid, visitor := m.drawRoom(t), m.drawVisitor(t)
	a := m.give(rid, visitor)
	room, token := m.rooms[rid], m.ids[visitor]
	switch {
	case m.visitors[token] == nil || m.visitors[token].id != visitor:
		expect(t, a, "invalid-visitor")
	case room == nil:
		expect(t, a, "invalid-room")
	case room.token == token:
		expect(t, a, "")
	case room.open && m.openRoomOf(token) != "":
		expect(t, a, "visitor-has-open-room")
	default:
		expect(t, a, "")
		room.token = token
		room.moves++
		if a.Room.Visitor.ID != visitor {
			t.Fatalf("the room went to %s, not %s", a.Room.Visitor.ID, visitor)
		}
	}
}

// Import puts a closed room into the table, like an import or the demo data.
func (m *model) Import(t *rapid.T) {
	token := m.drawToken(t)
	if m.visitors[token] == nil {
		t.Skip("no such visitor")
	}
	visitor, _, err := m.store.VisitorByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	room := livechat.Room{ID: livechat.NewID(), Type: "l", ClosedAt: livechat.At(now)}
	room, _ = room.MoveTo(visitor, livechat.AuditEntry{})
	if err := m.store.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	m.rooms[room.ID] = &modelRoom{token: token, answers: livechat.Answers{}}
}

func (m *model) Delete(t *rapid.T) {
	token := m.drawToken(t)
	a := m.deleteVisitor(token)
	switch {
	case m.visitors[token] == nil:
		expect(t, a, "[invalid-token]")
	case m.openRoomOf(token) != "":
		expect(t, a, "Cannot remove visitors with opened rooms [visitor-has-open-rooms]")
	default:
		expect(t, a, "")
		delete(m.visitors, token)
		maps.DeleteFunc(m.rooms, func(_ string, r *modelRoom) bool { return r.token == token })
	}
}

// CheckVisitors compares the visitors and their open rooms with the model.
func (m *model) CheckVisitors(t *rapid.T) {
	for _, token := range modelTokens {
		visitor, room, err := m.store.VisitorByToken(t.Context(), token)
		if m.visitors[token] == nil {
			if err == nil {
				t.Fatalf("%s is known", token)
			}
			continue
		}
		if err != nil || visitor.ID != m.visitors[token].id {
			t.Fatalf("%s is %s, %v", token, visitor.ID, err)
		}
		open := ""
		if room != nil {
			open = room.ID
		}
		if want := m.openRoomOf(token); open != want {
			t.Fatalf("%s has the open room %q, want %q", token, open, want)
		}
	}
}

// CheckRooms compares every room, its answer history and its audit with the model.
func (m *model) CheckRooms(t *rapid.T) {
	for rid, room := range m.rooms {
		stored, err := m.store.RoomByID(t.Context(), rid)
		if err != nil || stored.Visitor.Token != room.token || stored.Open != room.open {
			t.Fatalf("room %s is %+v, %v; want %+v", rid, stored, err, room)
		}
		history, err := m.store.AnswerHistory(t.Context(), rid)
		if err != nil || len(history) != room.history {
			t.Fatalf("room %s has %d entries of history, want %d (%v)", rid, len(history), room.history, err)
		}
		audit, err := m.store.Audit(t.Context(), rid)
		if err != nil || len(audit) != room.moves {
			t.Fatalf("room %s has %d audit entries, want %d (%v)", rid, len(audit), room.moves, err)
		}
	}
}

// CheckTable runs the verification of the whole table.
func (m *model) CheckTable(t *rapid.T) {
	_, err := verify.Verification{
		Store: m.store, Now: func() livechat.Time { return livechat.At(now) },
		Found: func(p verify.Problem) { t.Errorf("the table has a problem: %+v", p) },
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
}

// TestServiceDoesWhatItPromises makes random calls in any order, and compares every
// answer and the table with the model.
func TestServiceDoesWhatItPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := storetest.New(t)
		m := &model{
			service:  serviceOn(s),
			visitors: map[string]*modelVisitor{}, rooms: map[string]*modelRoom{}, ids: map[string]string{},
		}
		m.addAgent(t, "user", "agent")
		rt.Repeat(map[string]func(*rapid.T){
			"register": m.Register, "open": m.Open, "answer": m.Answer, "move": m.Move,
			"import": m.Import, "delete": m.Delete, "": m.CheckVisitors,
		})
		m.CheckRooms(rt)
		m.CheckTable(rt)
	})
}
