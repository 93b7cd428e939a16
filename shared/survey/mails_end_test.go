package survey_test

import (
	"testing"
	"time"

	"livechat/shared/livechat"
)

// TestAddressThatMailsCameBackFromGetsNone checks that ended mails apply to an address
// with any tag, that a bounce does not replace a complaint, and that an operator can allow
// mails again.
func TestAddressThatMailsCameBackFromGetsNone(t *testing.T) {
	w := newWorld(t, nil)
	end := func(reason string) {
		t.Helper()
		w.must(w.store.EndMails(t.Context(), livechat.AddressHash("mary@example.com"), livechat.MailsEnd{At: w.now, Reason: reason}))
	}
	skipped := func(reason string) {
		t.Helper()
		room := w.closed(w.visitorAt("mary+1@example.com"))
		w.after(time.Hour)
		w.wantState(room, livechat.SurveySkipped, reason)
	}
	end(livechat.EndBounced)
	skipped(livechat.SkipUndeliverable)
	w.must(w.store.AllowMails(t.Context(), livechat.AddressHash("mary@example.com")))
	end(livechat.EndComplained)
	end(livechat.EndBounced)
	skipped(livechat.SkipUnsubscribed)
	w.must(w.store.AllowMails(t.Context(), livechat.AddressHash("mary@example.com")))
	room := w.closed(w.visitorAt("mary+1@example.com"))
	w.after(time.Hour)
	w.wantState(room, livechat.SurveySent, "")
	w.wantMessages(1)
}

func TestWhoUnsubscribesAfterABounceHasUnsubscribed(t *testing.T) {
	w := newWorld(t, nil)
	w.closed(w.visitor(address))
	w.after(time.Hour)
	code := w.wantMessages(1)[0].Link[len("https://chat.example.com/s/"):]
	hash := livechat.AddressHash(address)
	w.must(w.store.EndMails(t.Context(), hash, livechat.MailsEnd{At: w.now, Reason: livechat.EndBounced}))
	w.must(w.store.Unsubscribe(t.Context(), livechat.LinkHash(code), w.now))
	if end, err := w.store.MailsEnd(t.Context(), hash); err != nil || end == nil || end.Reason != livechat.EndUnsubscribed {
		t.Errorf("%+v (%v)", end, err)
	}
}
