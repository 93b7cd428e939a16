package survey_test

import (
	"testing"
	"time"

	"livechat/shared/livechat"
)

// consent sets the visitor's consent as a website does.
func (w *world) consent(v livechat.Visitor, value string) {
	w.t.Helper()
	settings, err := w.store.Settings(w.t.Context())
	w.must(err)
	w.must(w.store.ChangeVisitor(w.t.Context(), v.Token, func(v livechat.Visitor, room *livechat.Room) (livechat.Visitor, *livechat.Room, error) {
		return livechat.SetCustomFields(v, room, []livechat.CustomFieldValue{{Key: "mayAsk", Value: value, Overwrite: true}}, settings.CustomFields, w.now)
	}))
}

var consentSettings = map[string]string{
	"customFields":       `[{"key":"mayAsk","scope":"visitor"}]`,
	"surveyNeedsConsent": "true", "surveyConsentField": "mayAsk",
}

// TestOnlyWhoAgreesIsAsked checks that, with consent required, the visitor's consent at
// the time of sending counts. It can be given and withdrawn until then.
func TestOnlyWhoAgreesIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		sent          bool
	}{
		"never given":       {"", "", false},
		"agreed":            {"true", "", true},
		"agreed, in words":  {" Yes ", "", true},
		"refused":           {"false", "", false},
		"some other value":  {"maybe", "", false},
		"agreed afterwards": {"", "1", true},
		"withdrawn":         {"true", "false", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, consentSettings)
			v := w.visitor("mary@example.com")
			if c.before != "" {
				w.consent(v, c.before)
			}
			room := w.closed(v)
			if c.after != "" {
				w.consent(v, c.after)
			}
			w.after(time.Hour)
			if !c.sent {
				w.wantMessages(0)
				w.wantState(room, livechat.SurveySkipped, livechat.SkipNoConsent)
				return
			}
			w.wantMessages(1)
			w.wantState(room, livechat.SurveySent, "")
		})
	}
}

func TestConsentIsNotNeededUnlessThatIsSet(t *testing.T) {
	w := newWorld(t, map[string]string{"customFields": consentSettings["customFields"], "surveyConsentField": "mayAsk"})
	v := w.visitor("mary@example.com")
	w.consent(v, "false")
	w.closed(v)
	w.after(time.Hour)
	w.wantMessages(1)
}

func TestWhoTakesConsentBackIsNotReminded(t *testing.T) {
	w := newWorld(t, consentSettings)
	w.set(map[string]string{"surveyReminderDays": "2"})
	v := w.visitor("mary@example.com")
	w.consent(v, "true")
	room := w.closed(v)
	w.after(time.Hour)
	w.wantMessages(1)
	w.consent(v, "no")
	w.after(3 * 24 * time.Hour)
	w.wantMessages(1)
	w.wantState(room, livechat.SurveySent, "")
}

// TestConsentTakenBackStopsARepeatedDelivery checks the claim of a sender that died: it is
// better never to survey a visitor than to survey them against their will.
func TestConsentTakenBackStopsARepeatedDelivery(t *testing.T) {
	w := newWorld(t, consentSettings)
	v := w.visitor("mary@example.com")
	w.consent(v, "true")
	room := w.closed(v)
	w.now = w.now.Add(time.Hour)
	s := w.survey(room)
	s.Claim = &livechat.Claim{Kind: livechat.Invitation, At: w.now, Until: w.now.Add(time.Minute)}
	s.DueAt = s.Claim.Until
	w.must(w.store.SaveSurvey(t.Context(), s))
	w.consent(v, "")
	w.after(time.Hour)
	w.wantMessages(0)
	w.wantState(room, livechat.SurveySkipped, livechat.SkipNoConsent)
}
