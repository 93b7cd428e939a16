package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

// closeRoom stores a closed room and its survey. The survey has the settings' defaults,
// as modified by alter.
func (o operator) closeRoom(t *testing.T, closedAt time.Time, alter func(*livechat.Survey)) livechat.Survey {
	t.Helper()
	visitor := livechat.NewVisitor(livechat.NewID(), livechat.NewID(), livechat.At(closedAt))
	visitor.Username, visitor.Emails = visitor.ID, []livechat.Email{{Address: "mary@example.com"}}
	room, _ := livechat.Room{ID: livechat.NewID(), ClosedAt: livechat.At(closedAt), ServedBy: &livechat.ServedBy{ID: "a", Username: "dora"}, ResponseBy: &livechat.ResponseBy{ID: "a", Username: "dora"}}.
		MoveTo(visitor, livechat.AuditEntry{})
	settings, err := settings.New(settings.Changes{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := survey.AtClosing(settings, room)
	if err != nil {
		t.Fatal(err)
	}
	if alter != nil {
		alter(&s)
	}
	if err := o.store.PutVisitor(t.Context(), visitor); err != nil {
		t.Fatal(err)
	}
	if err := o.store.PutClosedRoom(t.Context(), room, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDeadSurveysAreListedAndRedriven(t *testing.T) {
	o := newOperator(t)
	dead := func(s *livechat.Survey) {
		s.State, s.DueAt, s.LastError = livechat.SurveyFailed, 0, "MessageRejected: no such mailbox"
	}
	one, other := o.closeRoom(t, time.Now(), dead), o.closeRoom(t, time.Now(), dead)
	o.closeRoom(t, time.Now(), nil)
	listed := o.do("survey", "dead")
	if !strings.Contains(listed, one.RoomID) || !strings.Contains(listed, other.RoomID) || strings.Count(listed, "MessageRejected") != 2 {
		t.Errorf("dead letters:\n%s", listed)
	}
	o.refuse(exitFailed, []string{"name rooms, or give --all"}, "survey", "redrive")
	o.refuse(exitFailed, []string{"nobodys-room"}, "survey", "redrive", "nobodys-room")
	if got := o.do("survey", "redrive", one.RoomID); !strings.Contains(got, "due again: 1 survey\n") {
		t.Errorf("redrive printed %q", got)
	}
	again, err := o.store.Survey(t.Context(), one.RoomID)
	if err != nil || again.State != livechat.SurveyScheduled || again.DueAt == 0 {
		t.Errorf("survey %+v (%v)", again, err)
	}
	o.do("survey", "redrive", "--all")
	if listed := o.do("survey", "dead"); strings.Contains(listed, other.RoomID) {
		t.Errorf("still dead:\n%s", listed)
	}
}

func TestSimulationSaysWhatRulesWouldHaveDone(t *testing.T) {
	o := newOperator(t)
	o.do("settings", "set", "surveyMailFrom", "chat@example.com")
	day := time.Now().UTC().AddDate(0, 0, -3)
	for range 4 {
		o.closeRoom(t, day, nil)
	}
	o.closeRoom(t, day, func(s *livechat.Survey) { s.Agent = nil })
	from, to := day.Format(time.DateOnly), day.Format(time.DateOnly)
	var got survey.Simulated
	o.doJSON(&got, "survey", "simulate", "--from", from, "--to", to)
	if got.Rooms != 5 || got.Sent != 4 || got.Channels["email"] != 4 || got.Skipped[livechat.SkipNotServed] != 1 {
		t.Errorf("%+v", got)
	}
	want := "5 chats closed from " + from + " to " + to + "\n     4 would have been surveyed\n     4   by email\n     1 not: not-served\n"
	if diff := cmp.Diff(want, o.do("survey", "simulate", "--from", from, "--to", to)); diff != "" {
		t.Error(diff)
	}
	o.doJSON(&got, "survey", "simulate", "--from", from, "--to", to, "--set", "surveyEnabled=false")
	if got.Skipped[livechat.SkipDisabled] != 5 {
		t.Errorf("%+v", got)
	}
	if enabled := o.do("settings", "get", "surveyEnabled"); enabled != "true\n" {
		t.Errorf("the simulation changed surveyEnabled to %s", enabled)
	}
	o.refuse(exitFailed, []string{"surveyDelayMinutes", "soon"}, "survey", "simulate", "--set", "surveyDelayMinutes=soon")
	if got := o.do("survey", "rollup", "--from", from, "--to", to); !strings.Contains(got, "counted: 1 day\n") {
		t.Errorf("rollup printed %q", got)
	}
}

func TestErasedDaysAreNotCountedAnew(t *testing.T) {
	o := newOperator(t)
	day := time.Now().UTC().AddDate(0, 0, -150)
	from := day.Format(time.DateOnly)
	o.closeRoom(t, day, nil)
	o.do("survey", "rollup", "--from", from, "--to", from)
	o.do("settings", "set", "retainSurveyDays", "151")
	o.do("survey", "rollup", "--from", from, "--to", from)
	o.do("settings", "set", "retainSurveyDays", "150")
	o.refuse(exitFailed, []string{"retainSurveyDays", "--from"}, "survey", "rollup", "--from", from, "--to", from)
	o.do("survey", "rollup")
}

func TestQuestionsAreSetByVersion(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--name", "Sales", "--id", "sales")
	file := filepath.Join(t.TempDir(), "questions.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"name":"recommend","type":"scale","label":"Would you recommend us?","required":true}]`)
	o.do("survey", "questions", "set", file, "--language", "en", "--department", "Sales")
	o.do("survey", "questions", "set", file, "--language", "en", "--department", "Sales")
	o.do("survey", "questions", "set", file, "--language", "de")
	listed := o.do("survey", "questions", "list")
	for _, id := range []string{"sales/en/1", "sales/en/2", "/de/1"} {
		if !strings.Contains(listed, id) {
			t.Errorf("%s is not in\n%s", id, listed)
		}
	}
	if shown := o.do("survey", "questions", "show", "sales/en/2"); !strings.Contains(shown, "recommend") {
		t.Errorf("shown %s", shown)
	}
	q, found, err := o.store.Questionnaire(t.Context(), "sales", "fr", "en")
	if err != nil || !found || q.Version != 2 {
		t.Errorf("%+v %t %v", q, found, err)
	}
	if got := o.do("survey", "questions", "withdraw", "--language", "en", "--department", "Sales"); !strings.HasPrefix(got, "the questionnaire is withdrawn: visitors get") {
		t.Errorf("questions withdraw printed %q", got)
	}
	if q, found, err := o.store.Questionnaire(t.Context(), "sales", "en", "de"); err != nil || !found || q.Department != "" || q.Language != "de" {
		t.Errorf("%+v %t %v, want the one for all departments", q, found, err)
	}
	write(`[{"name":"recommend","type":"slider","label":"x"}]`)
	o.refuse(exitFailed, []string{"question 1", "slider"}, "survey", "questions", "set", file, "--language", "en")
	o.refuse(exitFailed, []string{"no questionnaire"}, "survey", "questions", "show", "/en/9")
}

func TestDepartmentHasASettingOfItsOwn(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--name", "Sales", "--id", "sales")
	o.do("settings", "set", "surveyDelayMinutes", "5", "--department", "Sales")
	if got := o.do("settings", "get", "surveyDelayMinutes", "--department", "sales"); got != "5\n" {
		t.Errorf("%q", got)
	}
	if got := o.do("settings", "get", "surveyDelayMinutes"); got != "60\n" {
		t.Errorf("%q for all", got)
	}
	o.refuse(exitFailed, []string{"the same for all departments"}, "settings", "set", "livechatEnabled", "false", "--department", "Sales")
	o.do("settings", "reset", "surveyDelayMinutes", "--department", "Sales")
	if got := o.do("settings", "get", "surveyDelayMinutes", "--department", "Sales"); got != "60\n" {
		t.Errorf("%q after the reset", got)
	}
	secret := "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	for _, shown := range []string{o.do("settings", "set", "surveyWebhookSecret", secret), o.do("settings", "get", "surveyWebhookSecret"), o.do("settings", "list")} {
		if strings.Contains(shown, secret) {
			t.Errorf("the secret is shown: %s", shown)
		}
	}
}

func TestAddressThatGetsNoSurveysIsShownAndAllowedAgain(t *testing.T) {
	o := newOperator(t)
	const sent = "surveys are sent to this address\n"
	if got := o.do("survey", "address", "mary@example.com"); got != sent {
		t.Errorf("printed %q", got)
	}
	end := livechat.MailsEnd{At: livechat.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), Reason: livechat.EndBounced}
	if err := o.store.EndMails(t.Context(), livechat.AddressHash("mary@example.com"), end); err != nil {
		t.Fatal(err)
	}
	if got := o.do("survey", "address", "Mary+1@example.com"); !strings.Contains(got, "bounced at 2026-11-23T12:00:00.000Z") {
		t.Errorf("printed %q", got)
	}
	o.do("survey", "address", "mary@example.com", "--allow")
	if got := o.do("survey", "address", "mary@example.com"); got != sent {
		t.Errorf("printed %q", got)
	}
	o.refuse(exitFailed, []string{"not a mail address"}, "survey", "address", "mary")
}
