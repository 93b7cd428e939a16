package survey_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/survey"
)

// world is a service on a real database, with a clock that tests move.
type world struct {
	addresses int
	t         testing.TB
	raw       storetest.Raw
	store     *store.Store
	settings  map[string]string
	mailbox   *mailbox
	now       livechat.Time
}

// monday is noon UTC of a day without a clock change.
var monday = livechat.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))

// newWorld returns a world with the settings and a sender address for mails.
func newWorld(t testing.TB, settings map[string]string) *world {
	t.Helper()
	s, raw := storetest.NewWithClient(t)
	w := &world{t: t, raw: raw, store: s, settings: map[string]string{"surveyMailFrom": "chat@example.com"}, mailbox: &mailbox{}, now: monday}
	w.set(settings)
	return w
}

// set changes settings. They take effect at once.
func (w *world) set(changes map[string]string) {
	w.t.Helper()
	for name, value := range changes {
		w.settings[name] = value
	}
	for name, value := range w.settings {
		if err := settings.Check(name, value); err != nil {
			w.t.Fatalf("%s: %v", name, err)
		}
		if err := w.store.SetSetting(w.t.Context(), name, "", value); err != nil {
			w.t.Fatal(err)
		}
	}
	w.store = w.raw.Store(w.t)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// visitor registers a visitor, without an address if given is empty. From the second
// visitor on, it makes the constant address unique.
func (w *world) visitor(given string) livechat.Visitor {
	w.t.Helper()
	if given == address && w.addresses > 0 {
		given = fmt.Sprint(w.addresses, "-", address)
	}
	w.addresses++
	return w.visitorAt(given)
}

// visitorAt registers a visitor with exactly that address.
func (w *world) visitorAt(address string) livechat.Visitor {
	w.t.Helper()
	v := livechat.NewVisitor(livechat.NewID(), livechat.NewID(), w.now)
	v.Username = "guest-" + v.ID
	if address != "" {
		v.Emails = []livechat.Email{{Address: address}}
	}
	w.must(w.store.PutVisitor(w.t.Context(), v))
	return v
}

// open opens a room of the visitor in which an agent has answered.
func (w *world) open(v livechat.Visitor) livechat.Room {
	w.t.Helper()
	agent := livechat.ServedBy{ID: "agent", Username: "dora", Ts: w.now}
	room, _ := livechat.Room{
		ID: livechat.NewID(), Type: "l", Open: true, OpenedAt: w.now, DepartmentID: v.Department, ServedBy: &agent,
		ResponseBy: &livechat.ResponseBy{ID: agent.ID, Username: agent.Username},
	}.MoveTo(v, livechat.AuditEntry{})
	room, _, err := w.store.OpenRoom(w.t.Context(), livechat.Change{Room: room})
	w.must(err)
	return room
}

// closed opens and closes a room and returns it.
func (w *world) closed(v livechat.Visitor) livechat.Room {
	w.t.Helper()
	return w.close(w.open(v))
}

func (w *world) close(room livechat.Room) livechat.Room {
	w.t.Helper()
	settings, err := w.store.Settings(w.t.Context())
	w.must(err)
	closed, err := w.store.CloseVisitorsRoom(w.t.Context(), room.Visitor.Token, room.ID, func(r livechat.Room) (livechat.Closed, error) {
		next := r.Close(livechat.CloseParams{Now: w.now, NewID: livechat.NewID})
		s, err := survey.AtClosing(settings, next.Room)
		return livechat.Closed{Change: next, Survey: s}, err
	})
	w.must(err)
	return closed.Room
}

func (w *world) survey(room livechat.Room) livechat.Survey {
	w.t.Helper()
	s, err := w.store.Survey(w.t.Context(), room.ID)
	w.must(err)
	if s == nil {
		w.t.Fatal("the room has no survey")
	}
	return *s
}

// answer answers the room's survey like the API call does.
func (w *world) answer(room livechat.Room) {
	w.t.Helper()
	given := livechat.Answers{"satisfaction": "4"}
	_, err := w.store.AnswerSurvey(w.t.Context(), room.Visitor.Token, room.ID, func(r livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
		return r.Answer(given, false, w.now), livechat.AnswerEntry{ID: livechat.NewID(), RoomID: r.ID, Ts: w.now, Items: given, Channel: livechat.ChannelAPI}, nil
	})
	w.must(err)
}

func (w *world) delete(v livechat.Visitor) error {
	_, err := w.store.DeleteVisitor(w.t.Context(), v.Token, w.now, func(v livechat.Visitor) livechat.AuditEntry {
		return livechat.AuditEntry{ID: livechat.NewID(), VisitorID: v.ID, Ts: w.now}
	})
	return err
}

func (w *world) sender() *survey.Sender {
	return &survey.Sender{
		Store: w.store, URL: "https://chat.example.com", NewCode: livechat.NewCode, AtOnce: 4,
		Channels: map[string]survey.Channel{livechat.ChannelEmail: w.mailbox, livechat.ChannelWebhook: w.mailbox},
	}
}

// run runs the sender now.
func (w *world) run() survey.Result {
	w.t.Helper()
	result, err := w.sender().Run(w.t.Context(), w.now)
	w.must(err)
	return result
}

// after moves the clock and runs the sender.
func (w *world) after(d time.Duration) survey.Result {
	w.t.Helper()
	w.now = w.now.Add(d)
	return w.run()
}

// mailbox is a provider that honours the ids of messages.
type mailbox struct {
	lock sync.Mutex
	// all has all accepted deliveries, including repeated ones.
	all []survey.Delivery
	// fail, if set, is called before each delivery. Its error fails the delivery.
	fail func(survey.Delivery) error
}

func (m *mailbox) Deliver(_ context.Context, d survey.Delivery) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.fail != nil {
		if err := m.fail(d); err != nil {
			return err
		}
	}
	m.all = append(m.all, d)
	return nil
}

// messages returns the messages that arrived, each once.
func (m *mailbox) messages() []survey.Delivery {
	m.lock.Lock()
	defer m.lock.Unlock()
	var arrived []survey.Delivery
	known := map[string]bool{}
	for _, d := range m.all {
		if !known[d.ID] {
			known[d.ID] = true
			arrived = append(arrived, d)
		}
	}
	return arrived
}

func (w *world) wantMessages(n int) []survey.Delivery {
	w.t.Helper()
	got := w.mailbox.messages()
	if len(got) != n || len(w.mailbox.all) != n {
		w.t.Fatalf("%d messages in %d deliveries, want %d", len(got), len(w.mailbox.all), n)
	}
	return got
}

func (w *world) wantState(room livechat.Room, state, reason string) {
	w.t.Helper()
	if s := w.survey(room); s.State != state || s.Reason != reason {
		w.t.Errorf("the survey is %s (%s), want %s (%s); due %v", s.State, s.Reason, state, reason, s.DueAt)
	}
}

var errDead = errors.New("the process has ended")
