package retention_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
	"livechat/shared/store/verify"
	"livechat/shared/survey"
	"livechat/shared/survey/report"
)

const day = 24 * time.Hour

var now = livechat.At(time.Date(2026, 11, 25, 2, 45, 0, 0, time.UTC))

// house is a service with old data.
type house struct {
	*testing.T
	storetest.Raw
	store *store.Store
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s, raw := storetest.NewWithClient(t)
	return &house{t, raw, s}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) register(token string, at livechat.Time) livechat.Visitor {
	h.Helper()
	v, err := h.store.RegisterVisitor(h.Context(), token, func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if !known {
			v = livechat.NewVisitor(livechat.NewID(), token, at)
		}
		v.UpdatedAt = at
		return v, nil
	})
	h.must(err)
	return v
}

func (h *house) settings() settings.Settings {
	h.Helper()
	settings, err := settings.New(settings.Changes{})
	h.must(err)
	return settings
}

func (h *house) open(v livechat.Visitor, at livechat.Time) livechat.Room {
	h.Helper()
	opened, err := livechat.OpenRoom(livechat.OpenParams{ID: livechat.NewID(), Visitor: v, Now: at, NewID: livechat.NewID}, h.settings(), nil, nil)
	h.must(err)
	room, _, err := h.store.OpenRoom(h.Context(), opened)
	h.must(err)
	for range 5 {
		_, err = h.store.PostVisitorMessage(h.Context(), v.Token, room.ID, livechat.NewID(), func(r livechat.Room) (livechat.Change, error) {
			return livechat.Change{Room: r}.Post(r.VisitorMessage(livechat.NewID(), "what was said", at), livechat.NewID), nil
		})
		h.must(err)
	}
	return room
}

func (h *house) close(room livechat.Room, at livechat.Time) {
	h.Helper()
	_, err := h.store.CloseRoom(h.Context(), room.ID, func(r livechat.Room) (livechat.Closed, error) {
		next := r.Close(livechat.CloseParams{Now: at, NewID: livechat.NewID})
		s, err := survey.AtClosing(h.settings(), next.Room)
		return livechat.Closed{Change: next, Survey: s}, err
	})
	h.must(err)
}

func (h *house) answer(room livechat.Room, text string, at livechat.Time) {
	h.Helper()
	given := livechat.Answers{"satisfaction": "4", livechat.AdditionalFeedback: text}
	_, err := h.store.AnswerSurvey(h.Context(), room.Visitor.Token, room.ID, func(r livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
		return r.Answer(given, false, at), livechat.AnswerEntry{ID: livechat.NewID(), RoomID: r.ID, Ts: at, Items: given, Channel: livechat.ChannelAPI}, nil
	})
	h.must(err)
}

func (h *house) change(room livechat.Room, change func(*livechat.Survey)) {
	h.Helper()
	s, err := h.store.Survey(h.Context(), room.ID)
	h.must(err)
	change(s)
	h.must(h.store.SaveSurvey(h.Context(), *s))
}

// link gives the room's survey a link that is valid for another day.
func (h *house) link(room livechat.Room, hash string) {
	h.Helper()
	h.change(room, func(s *livechat.Survey) { s.Links = append(s.Links, hash) })
	h.must(h.store.PutLink(h.Context(), livechat.Link{Hash: hash, RoomID: room.ID, VisitorID: room.Visitor.ID, ExpiresAt: now.Add(day)}))
}

// chat stores a visitor's whole chat, days ago. Their survey comment is "text-" and the
// token.
func (h *house) chat(token string, days int) livechat.Room {
	h.Helper()
	at := now.Add(-time.Duration(days) * day)
	room := h.open(h.register(token, at), at)
	h.close(room, at)
	h.answer(room, "text-"+token, at)
	h.must(h.store.RecordAudit(h.Context(), livechat.AuditEntry{ID: livechat.NewID(), Action: livechat.AuditVisitorChanged, Ts: at, VisitorID: room.Visitor.ID, UserID: "user-of-" + token}))
	return room
}

// sweep changes settings and runs the sweeper.
func (h *house) sweep(atMost int64, namesAndValues ...string) retention.Result {
	h.Helper()
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		h.must(settings.Check(namesAndValues[i], namesAndValues[i+1]))
		h.must(h.store.SetSetting(h.Context(), namesAndValues[i], "", namesAndValues[i+1]))
	}
	s := h.Store(h)
	result, err := retention.Sweeper{Data: s, NewID: livechat.NewID, AtMost: atMost}.Run(h.Context(), now)
	h.must(err)
	h.verify(s)
	return result
}

func (h *house) verify(s *store.Store) {
	h.Helper()
	_, err := verify.Verification{
		Store: s, Now: func() livechat.Time { return now },
		Found: func(p verify.Problem) {
			// These tests have no sender of surveys.
			if p.Kind != "survey-stuck" {
				h.Errorf("the table has a problem: %+v", p)
			}
		},
	}.Run(h.Context())
	h.must(err)
}

func (h *house) text() string {
	h.Helper()
	items := h.Items(h)
	text, err := json.Marshal(items)
	h.must(err)
	return string(text)
}

func (h *house) has(text string, words ...string) {
	h.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			h.Errorf("%q was erased", word)
		}
	}
}

func (h *house) hasNot(text string, words ...string) {
	h.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			h.Errorf("%q was not erased", word)
		}
	}
}

func TestNothingGoesUnlessItIsSet(t *testing.T) {
	h := newHouse(t)
	h.chat("old", 5000)
	before := h.text()
	if r := h.sweep(1000); r != (retention.Result{}) || len(h.text()) != len(before) {
		t.Errorf("%+v", r)
	}
}

// TestOldRoomsGo checks that old rooms go with the data that belongs only to them, and that
// younger and open rooms stay.
func TestOldRoomsGo(t *testing.T) {
	h := newHouse(t)
	old, young := h.chat("old", 31), h.chat("young", 29)
	open := h.open(h.register("open", now.Add(-100*day)), now.Add(-100*day))
	r := h.sweep(1000, "retainRoomDays", "30")
	if r.Rooms.Done != 1 {
		t.Errorf("%+v", r)
	}
	text := h.text()
	h.hasNot(text, "MESSAGES#"+old.ID, "ANSWERS#"+old.ID, "text-old")
	h.has(text, "MESSAGES#"+young.ID, "text-young", "user-of-old", layout.VisitorPartition("old"))
	if _, err := h.store.RoomByID(t.Context(), open.ID); err != nil {
		t.Errorf("the open room: %v", err)
	}
	s, err := h.store.Survey(t.Context(), old.ID)
	if err != nil || s == nil || s.Visitor != nil || s.Ratings["satisfaction"] != "4" {
		t.Errorf("the survey: %+v (%v)", s, err)
	}
	if r := h.sweep(1000); r.Rooms.Done != 0 {
		t.Errorf("again: %+v", r)
	}
}

// TestRunEndsInTime checks that a run stops at its limit and that the next runs continue.
func TestRunEndsInTime(t *testing.T) {
	h := newHouse(t)
	for i := range 7 {
		h.chat("old"+strconv.Itoa(i), 31+40*i)
	}
	erased := 0
	for range 4 {
		r := h.sweep(2, "retainRoomDays", "30")
		if r.Rooms.Done > 2 || r.Rooms.Left != (erased+r.Rooms.Done < 7) {
			t.Errorf("%+v after %d", r, erased)
		}
		erased += r.Rooms.Done
	}
	if erased != 7 {
		t.Errorf("%d rooms were erased, want 7", erased)
	}
}

// TestOldAnswersGo checks that old answers and their texts are erased everywhere. Ratings
// and newer answers stay.
func TestOldAnswersGo(t *testing.T) {
	h := newHouse(t)
	old, again := h.chat("old", 31), h.chat("again", 31)
	h.answer(again, "text-lately", now.Add(-day))
	open := h.open(h.register("open", now.Add(-100*day)), now.Add(-100*day))
	h.answer(open, "text-of-an-open-room", now.Add(-100*day))
	r := h.sweep(1000, "retainAnswerDays", "30")
	if r.Answers.Done < 2 {
		t.Errorf("%+v", r)
	}
	text := h.text()
	h.hasNot(text, "text-old", "text-again", "ANSWERS#"+old.ID)
	h.has(text, "text-lately", "text-of-an-open-room", "MESSAGES#"+old.ID)
	room, err := h.store.RoomByID(t.Context(), old.ID)
	if err != nil || room.SurveyFeedback["satisfaction"] != "4" || len(room.SurveyFeedback) != 1 {
		t.Errorf("%+v (%v)", room.SurveyFeedback, err)
	}
	room, err = h.store.RoomByID(t.Context(), again.ID)
	if err != nil || room.SurveyFeedback[livechat.AdditionalFeedback] != "text-lately" {
		t.Errorf("the newer answer: %+v (%v)", room.SurveyFeedback, err)
	}
	h.close(open, now)
	h.sweep(1000)
	h.hasNot(h.text(), "text-of-an-open-room")
	if r := h.sweep(1000); r.Answers.Done != 0 {
		t.Errorf("again: %+v", r)
	}
}

// TestOldTextsOfAnImportGo checks imported answers, which have no history.
func TestOldTextsOfAnImportGo(t *testing.T) {
	h := newHouse(t)
	at := now.Add(-400 * day)
	room := livechat.Room{ID: "imported", Type: "l", ClosedAt: at, SurveyFeedback: livechat.Answers{livechat.AdditionalFeedback: "text-old", "satisfaction": "1"}}
	room, _ = room.MoveTo(h.register("old", at), livechat.AuditEntry{})
	s, err := survey.AtClosing(h.settings(), room)
	h.must(err)
	h.must(h.store.PutClosedRoom(t.Context(), room, s))
	h.sweep(1000, "retainAnswerDays", "30")
	h.hasNot(h.text(), "text-old")
}

func TestOldAuditGoes(t *testing.T) {
	h := newHouse(t)
	h.chat("old", 31)
	h.chat("young", 29)
	if r := h.sweep(1000, "retainAuditDays", "30"); r.Audit.Done != 1 {
		t.Errorf("%+v", r)
	}
	text := h.text()
	h.hasNot(text, "user-of-old")
	h.has(text, "user-of-young", "text-old")
}

// TestOldSurveysGo checks that old surveys are erased once they are counted, and that the
// figures stay.
func TestOldSurveysGo(t *testing.T) {
	h := newHouse(t)
	old, young := h.chat("old", 200), h.chat("young", 110)
	link := livechat.LinkHash(livechat.NewCode())
	h.link(old, link)
	unsent := h.open(h.register("unsent", now.Add(-200*day)), now.Add(-200*day))
	h.close(unsent, now.Add(-200*day))
	h.change(unsent, func(s *livechat.Survey) { s.State, s.Reason, s.DueAt = livechat.SurveyScheduled, "", s.ClosedAt })
	reporter := survey.Reporter{Days: h.store}
	from, to := now.Add(-300 * day).String()[:10], now.String()[:10]
	rollUp := func(at livechat.Time) {
		t.Helper()
		_, err := reporter.RollUpDays(t.Context(), from, to, at)
		h.must(err)
	}
	stays := func(why string, r retention.Result) {
		t.Helper()
		if r.Surveys.Done != 0 {
			t.Errorf("%s: %+v", why, r)
		}
	}
	stays("before it was counted", h.sweep(1000, "retainSurveyDays", "120"))
	rollUp(now.Add(-199 * day))
	stays("while it could change", h.sweep(1000))
	rollUp(now)
	h.answer(old, "text-old", now)
	stays("before it is counted again", h.sweep(1000))
	rollUp(now)
	stale, err := h.store.StaleDays(t.Context())
	h.must(err)
	for _, d := range stale {
		h.must(h.store.ClearStale(t.Context(), d))
	}
	if r := h.sweep(1000); r.Surveys.Done != 1 {
		t.Errorf("%+v", r)
	}
	text := h.text()
	h.hasNot(text, "SURVEY#"+old.ID, "COMMENTS#"+old.ClosedAt.String()[:7], "LINK#"+link)
	h.has(text, "SURVEY#"+young.ID, "ANSWERS#"+old.ID, "SURVEY#"+unsent.ID)
	sum, err := reporter.Report(t.Context(), from, to, report.ByDay, now)
	h.must(err)
	if _, total := sum.Rows(); total.Answered != 2 {
		t.Errorf("the report has %+v", total)
	}
}

// TestIdleVisitorsGo checks that visitors without a room and without recent changes are
// erased.
func TestIdleVisitorsGo(t *testing.T) {
	h := newHouse(t)
	gone := h.register("idle", now.Add(-31*day))
	h.register("young", now.Add(-29*day))
	h.chat("with-a-room", 400)
	h.register("back", now.Add(-400*day))
	h.register("back", now.Add(-day))
	if r := h.sweep(1000, "retainVisitorDays", "30"); r.Visitors.Done != 1 {
		t.Errorf("%+v", r)
	}
	for token, want := range map[string]error{"idle": livechat.ErrInvalidToken, "young": nil, "with-a-room": nil, "back": nil} {
		if _, _, err := h.store.VisitorByToken(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("%s: %v", token, err)
		}
	}
	entries, err := h.store.Audit(t.Context(), gone.ID)
	if err != nil || len(entries) != 1 || entries[0].Action != livechat.AuditVisitorDeleted {
		t.Errorf("%+v (%v)", entries, err)
	}
	// Once the room is erased, its visitor is erased, too.
	if r := h.sweep(1000, "retainRoomDays", "100"); r.Rooms.Done != 1 || r.Visitors.Done != 1 {
		t.Errorf("%+v", r)
	}
	if text := h.text(); strings.Contains(text, "VISITOR_ID#"+gone.ID) {
		t.Error("the visitor was not erased")
	}
}

// TestVisitorsThatStayDoNotKeepOthersFromGoing checks that a run continues where the
// previous run stopped.
func TestVisitorsThatStayDoNotKeepOthersFromGoing(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		at := now.Add(-time.Duration(500-40*i) * day)
		h.open(h.register("busy"+strconv.Itoa(i), at), at)
	}
	h.register("idle", now.Add(-40*day))
	for range 3 {
		h.sweep(2, "retainVisitorDays", "30")
	}
	if _, _, err := h.store.VisitorByToken(t.Context(), "idle"); !errors.Is(err, livechat.ErrInvalidToken) {
		t.Errorf("the idle visitor: %v", err)
	}
}

// TestRoomsOpenedBesideARunStay checks visitors who come back during a run. They either
// keep their data or must register again.
func TestRoomsOpenedBesideARunStay(t *testing.T) {
	h := newHouse(t)
	var tokens []string
	for i := range 24 {
		tokens = append(tokens, "idle"+strconv.Itoa(i))
		h.register(tokens[i], now.Add(-31*day))
	}
	h.must(h.store.SetSetting(t.Context(), "retainVisitorDays", "", "30"))
	var all sync.WaitGroup
	opened := make([]string, len(tokens))
	all.Go(func() {
		_, err := retention.Sweeper{Data: h.Store(t), NewID: livechat.NewID, AtMost: 1000}.Run(t.Context(), now)
		if err != nil {
			t.Error(err)
		}
	})
	for i, token := range tokens {
		all.Go(func() {
			v, _, err := h.store.VisitorByToken(t.Context(), token)
			if err != nil {
				return // already erased
			}
			first, err := livechat.OpenRoom(livechat.OpenParams{ID: livechat.NewID(), Visitor: v, Now: now, NewID: livechat.NewID}, h.settings(), nil, nil)
			if err != nil {
				t.Error(err)
			}
			room, _, err := h.store.OpenRoom(t.Context(), first)
			if err == nil {
				opened[i] = room.ID
			} else if !errors.Is(err, livechat.ErrInvalidToken) {
				t.Error(err)
			}
			if i%2 == 0 && err == nil {
				h.close(room, now)
			}
		})
	}
	all.Wait()
	kept := 0
	for i, token := range tokens {
		_, err := h.store.VisitorsRoom(t.Context(), token, opened[i])
		if opened[i] != "" && err != nil {
			t.Errorf("an opened room was erased: %v", err)
		}
		if opened[i] != "" {
			kept++
		}
	}
	t.Logf("%d of %d visitors came back in time", kept, len(tokens))
	h.verify(h.store)
}

// TestLateRunLetsNoRoomBeOpenedBeneathADeletion checks a retried run, which has the time
// of its first try. A visitor, whose profile was read just before it was deleted, then
// opens a room at the current time.
func TestLateRunLetsNoRoomBeOpenedBeneathADeletion(t *testing.T) {
	h := newHouse(t)
	today := livechat.At(time.Now())
	v := h.register("idle", today.Add(-31*day))
	h.must(h.store.SetSetting(t.Context(), "retainVisitorDays", "", "30"))
	late := retention.Sweeper{Data: h.Store(t), NewID: livechat.NewID, AtMost: 1000}
	if r, err := late.Run(t.Context(), today.Add(-30*time.Minute)); err != nil || r.Visitors.Done != 1 {
		t.Fatalf("%+v (%v)", r, err)
	}
	opened, err := livechat.OpenRoom(livechat.OpenParams{ID: livechat.NewID(), Visitor: v, Now: today, NewID: livechat.NewID}, h.settings(), nil, nil)
	h.must(err)
	if _, _, err := h.store.OpenRoom(t.Context(), opened); !errors.Is(err, livechat.ErrInvalidToken) {
		t.Errorf("a room was opened for a deleted visitor (%v)", err)
	}
}

// ending is a context that reports a deadline but never ends, so that a test cannot time
// out on a busy machine.
type ending struct {
	context.Context
	at time.Time
}

func (e ending) Deadline() (time.Time, bool) { return e.at, true }

// TestRunBeginsNothingShortlyBeforeItsEnd checks that a run whose deadline is near leaves
// data to the next run.
func TestRunBeginsNothingShortlyBeforeItsEnd(t *testing.T) {
	h := newHouse(t)
	room := h.chat("old", 31)
	h.must(h.store.SetSetting(t.Context(), "retainRoomDays", "", "30"))
	soon := ending{t.Context(), time.Now().Add(10 * time.Second)}
	r, err := retention.Sweeper{Data: h.Store(t), NewID: livechat.NewID, AtMost: 1000}.Run(soon, now)
	if err != nil || r.Rooms.Done != 0 || !r.Rooms.Left {
		t.Errorf("%+v (%v)", r, err)
	}
	h.has(h.text(), "MESSAGES#"+room.ID, "text-old")
}

func TestErasureThatWasCutShortIsFinished(t *testing.T) {
	h := newHouse(t)
	room := h.chat("old", 31)
	broken := h.Store(t, storetest.Fail("BatchWriteItem", 100, errors.New("cut short"), new(atomic.Int64)))
	if _, err := broken.EraseOldRooms(t.Context(), retention.Sweep{
		Before: now.Add(-30 * day),
		Now:    func() livechat.Time { return now.Add(-2 * time.Hour) },
		More:   func() bool { return true },
	}); err != nil {
		t.Fatal(err)
	}
	h.has(h.text(), "MESSAGES#"+room.ID, "ERASE#"+room.ID)
	if r := h.sweep(1000); r.Erasures.Done != 1 {
		t.Errorf("%+v", r)
	}
	h.hasNot(h.text(), "MESSAGES#"+room.ID, "ERASE#"+room.ID, "text-old")
}
