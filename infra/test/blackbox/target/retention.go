package target

import (
	"net/http"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
	"livechat/shared/survey"
)

// These times are before everything that other tests and the demo data store.
var (
	longAgo = livechat.At(time.Date(2014, 3, 4, 5, 6, 7, 0, time.UTC))
	maxAgo  = livechat.At(time.Date(2012, 3, 4, 5, 6, 7, 0, time.UTC))
)

// retention checks that data older than ten years is erased, of each kind.
func (s *System) retention(t *testing.T) {
	t.Helper()
	if s.foreign {
		return // SAM has no schedules
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	note, err := table.NewItem(table.Key{PK: "VISITOR#gone-long-ago", SK: "ERASE#gone"}, struct{}{},
		table.Values{"GSI2PK": "ERASURES", "GSI2SK": longAgo.String() + "#gone"})
	must(err)
	must(s.table.Put(t.Context(), note, "", nil))
	lately := livechat.At(time.Now())
	s.oldChat(t, maxAgo, maxAgo)
	s.oldChat(t, longAgo, longAgo)
	s.oldChat(t, longAgo, longAgo, lately)
	for name, days := range map[string]string{
		// The later chat's room stays, and loses its other data.
		"retainRoomDays": "5000", "retainAnswerDays": "3650", "retainSurveyDays": "3650", "retainVisitorDays": "3650", "retainAuditDays": "3650",
	} {
		must(s.store.SetSetting(t.Context(), name, "", days))
		defer func() { must(s.store.ResetSetting(t.Context(), name, "")) }()
	}
	left := map[string]bool{"erasures": true, "rooms": true, "answers": true, "surveys": true, "visitors": true, "audit": true}
	// A process that a moved clock has just started may keep the old settings for some
	// seconds.
	for end := time.Now().Add(30 * time.Second); len(left) > 0; {
		a := s.Send(t, http.MethodPost, "/_local/invoke/RetentionFunction", "")
		a.WantStatus(t, 200)
		for kind := range left {
			if a.Member(t, kind, "done") != 0.0 {
				delete(left, kind)
			}
		}
		if len(left) > 0 && time.Now().After(end) {
			t.Fatalf("old data is not erased: %v; answered %s", left, a.Body)
		}
	}
}

// oldChat stores a visitor's chat from that time. Its survey has a link and was answered
// at the times in answered.
func (s *System) oldChat(t *testing.T, at livechat.Time, answered ...livechat.Time) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	visitor := livechat.NewVisitor(livechat.NewID(), livechat.NewID(), at)
	visitor.Username = "visitor-" + visitor.ID
	must(s.store.PutVisitor(t.Context(), visitor))
	room, _ := livechat.Room{ID: livechat.NewID(), Type: "l", OpenedAt: at, ClosedAt: at}.MoveTo(visitor, livechat.AuditEntry{})
	settings, err := s.store.Settings(t.Context())
	must(err)
	asked, err := survey.AtClosing(settings, room)
	must(err)
	message := room.VisitorMessage(livechat.NewID(), "Hello", at)
	must(s.store.PutMessages(t.Context(), []livechat.Message{message}))
	link := livechat.Link{Hash: livechat.LinkHash(livechat.NewCode()), RoomID: room.ID, VisitorID: room.Visitor.ID, ExpiresAt: at}
	asked.Links = []string{link.Hash}
	must(s.store.PutLink(t.Context(), link))
	must(s.store.PutClosedRoom(t.Context(), room, asked.Skip(livechat.SkipTooLate)))
	must(s.store.RecordAudit(t.Context(), livechat.AuditEntry{ID: livechat.NewID(), Action: livechat.AuditVisitorChanged, Ts: at,
		VisitorID: visitor.ID}))
	for i, when := range answered {
		name := []string{livechat.AdditionalFeedback, "why"}[i]
		_, err = s.store.AnswerSurvey(t.Context(), visitor.Token, room.ID, func(r livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
			given := livechat.Answers{name: "so it was"}
			return r.Answer(given, false, when), livechat.AnswerEntry{
				ID: livechat.NewID(), RoomID: r.ID, Ts: when, Items: given, Channel: livechat.ChannelEmail, Texts: []string{name},
			}, nil
		})
		must(err)
	}
	_, err = survey.Reporter{Days: s.store}.RollUpDays(t.Context(), asked.ClosedOn, asked.ClosedOn, livechat.At(time.Now()))
	must(err)
	// The late answer marked the day for a recount, which has just been done.
	stale, err := s.store.StaleDays(t.Context())
	must(err)
	for _, day := range stale {
		if day.Day == asked.ClosedOn {
			must(s.store.ClearStale(t.Context(), day))
		}
	}
}
