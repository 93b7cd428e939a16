package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
	"livechat/shared/store/verify"
	"livechat/shared/survey"
)

// personal lists words that get into the table only through zoe's data.
var personal = []string{
	"token-of-zoe", "Nightingale", "zoe.n@example.net", "+49-30-5550123", "zoes-username", "4711",
	"order-of-hers", "what-she-asked", "what-she-meant", "what-she-took-back", "what-the-agent-said", "page-she-saw",
	"topic-of-hers", "tag-of-hers", "what-she-wrote-of-it", "what-she-wrote-by-link", "how-it-ended",
}

// zoe uses every call of the service, and so stores all words of personal. She has a
// closed room whose survey she answered, one with a pending mail, one with a pending
// webhook, and one that was moved to her.
func zoe(t *testing.T, c *chat) {
	t.Helper()
	ok := func(w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	ok(call(c.visitor, http.MethodPost, "", `{"visitor":{"token":"token-of-zoe","name":"Zoe Nightingale","email":"zoe.n@example.net",`+
		`"phone":"+49-30-5550123","username":"zoes-username","customFields":[{"key":"crm","value":"4711","overwrite":true}]}}`))
	said := func(text string) string {
		t.Helper()
		id, _ := member(t, c.do(c.message(`{"token":"token-of-zoe","rid":"ROOM","msg":"`+text+`"}`)), "message", "_id").(string)
		return id
	}
	start := func() {
		t.Helper()
		c.rid = c.openRoom("token-of-zoe").Room.ID
		said("what-she-asked")
		ok(c.do(c.postMessage("user", `{"roomId":"ROOM","text":"what-the-agent-said"}`)))
	}
	start()
	ok(c.fields("custom.field", `{"token":"token-of-zoe","key":"order","value":"order-of-hers","overwrite":true}`))
	ok(call(api.PageVisited(c.store, livechat.NewID), http.MethodPost, "",
		`{"token":"token-of-zoe","rid":"`+c.rid+`","pageInfo":{"change":"url","title":"page-she-saw","location":{"href":"https://example.com/page-she-saw"}}}`))
	for range 7 { // enough that some get an item of their own
		said("what-she-asked")
	}
	ok(c.do(c.byID(http.MethodPut, said("not so"), `{"token":"token-of-zoe","rid":"ROOM","msg":"what-she-meant"}`)))
	ok(c.do(c.byID(http.MethodDelete, said("what-she-took-back"), `{"token":"token-of-zoe","rid":"ROOM"}`)))
	said("what-she-took-back") // posted again
	id := c.openRoom("token-of-zoe").Room.Visitor.ID
	ok(c.do(c.saveInfo("user", `{"roomData":{"_id":"ROOM","topic":"topic-of-hers","tags":["tag-of-hers"]},"guestData":{"_id":"`+id+`"}}`)))
	c.endByUser(t)
	c.sendSurveys(t)
	ok(call(c.survey, http.MethodPost, "", `{"token":"token-of-zoe","rid":"`+c.rid+`","data":[{"name":"satisfaction","value":"4"},{"name":"additionalFeedback","value":"what-she-wrote-of-it"}]}`))
	start()
	c.endByUser(t)
	c.set(t, "surveyChannels", "webhook")
	c.set(t, "surveyWebhookUrl", "https://example.com/hook")
	start()
	c.endByUser(t)
	given := c.openRoom("other").Room.ID
	ok(call(c.closing, http.MethodPost, "", `{"token":"other","rid":"`+given+`"}`))
	c.set(t, "surveyMinDays", "0")
	if a := c.give(given, id); a.Status != http.StatusOK {
		t.Fatalf("move: %d %s", a.Status, a.Error)
	}
}

func (c *chat) endByUser(t *testing.T) {
	t.Helper()
	w := call(c.closingByUser, http.MethodPost, "", `{"rid":"`+c.rid+`","comment":"how-it-ended","tags":["tag-of-hers"]}`, as("user")...)
	if w.Code != http.StatusOK {
		t.Fatalf("close: %d %s", w.Code, w.Body)
	}
}

// courier collects the links of deliveries and calls meanwhile during each.
type courier struct {
	links     []string
	onDeliver func()
}

func (c *courier) Deliver(_ context.Context, d survey.Delivery) error {
	c.links = append(c.links, d.Link)
	if c.onDeliver != nil {
		c.onDeliver()
	}
	return nil
}

// sendSurveys sends the surveys that are due within two hours, and answers each by its
// link.
func (c *chat) sendSurveys(t *testing.T) *courier {
	t.Helper()
	mails := &courier{}
	c.deliver(t, mails)
	for _, link := range mails.links {
		code := link[strings.LastIndex(link, "/")+1:]
		_, err := c.store.AnswerByLink(t.Context(), livechat.LinkHash(code), func(r livechat.Room, _ livechat.Survey) (livechat.Room, livechat.AnswerEntry, error) {
			given := livechat.Answers{livechat.AdditionalFeedback: "what-she-wrote-by-link"}
			return r.Answer(given, false, livechat.At(now)), livechat.AnswerEntry{ID: livechat.NewID(), RoomID: r.ID, Ts: livechat.At(now), Items: given, Channel: livechat.ChannelEmail}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return mails
}

func (c *chat) deliver(t *testing.T, by survey.Channel) survey.Result {
	t.Helper()
	c.set(t, "surveyMailFrom", "chat@example.com")
	sender := survey.Sender{
		Store: c.store, URL: "https://chat.example.com", NewCode: livechat.NewCode, AtOnce: 1,
		Channels: map[string]survey.Channel{livechat.ChannelEmail: by, livechat.ChannelWebhook: by},
	}
	result, err := sender.Run(t.Context(), livechat.At(now.Add(2*time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestNothingIsLeftOfADeletedVisitor checks that the table has none of her words. The
// exception is her token in the marker that blocks new rooms during the deletion; the
// marker has a time-to-live.
func TestNothingIsLeftOfADeletedVisitor(t *testing.T) {
	c := newChat(t)
	zoe(t, c)
	id := c.visitorID(t, "token-of-zoe")
	before := texts(t, c.raw.Items(t))
	for _, word := range personal {
		if !strings.Contains(strings.Join(before, "\n"), word) {
			t.Errorf("%q was not in the table, so the test proves nothing", word)
		}
	}
	if a := c.deleteVisitor("token-of-zoe"); a.Status != http.StatusOK {
		t.Fatalf("delete: %d %s", a.Status, a.Error)
	}
	for _, item := range c.raw.Items(t) {
		c.wantNothingPersonal(t, item, id)
	}
	// Pending surveys are not sent.
	mails := &courier{}
	if c.deliver(t, mails); len(mails.links) != 0 {
		t.Errorf("%d surveys were sent", len(mails.links))
	}
	verified(t, c.store)
}

func (c *chat) visitorID(t *testing.T, token string) string {
	t.Helper()
	v, _, err := c.store.VisitorByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// wantNothingPersonal checks an item that remains after the deletion.
func (c *chat) wantNothingPersonal(t *testing.T, item table.Item, id string) {
	t.Helper()
	text, key := texts(t, []table.Item{item})[0], item.Key()
	marker := key == layout.OpenKey("token-of-zoe") && item["deletedVisitor"] != nil && item["expires"] != nil
	for _, word := range personal {
		if strings.Contains(text, word) && (!marker || word != "token-of-zoe") {
			t.Errorf("%q is left in %v: %s", word, key, text)
		}
	}
	if strings.Contains(text, id) && !marker && !strings.HasPrefix(key.PK, "AUDIT#") {
		t.Errorf("the visitor's id is left in %v: %s", key, text)
	}
}

func texts(t *testing.T, items []table.Item) []string {
	t.Helper()
	var all []string
	for _, item := range items {
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// verified runs the verification of the whole table.
func verified(t *testing.T, s *store.Store) {
	t.Helper()
	_, err := verify.Verification{
		Store: s, Now: func() livechat.Time { return livechat.At(now) },
		Found: func(p verify.Problem) { t.Errorf("the table has a problem: %+v", p) },
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
}

// TestDeletionWhileTheMailIsBeingSent checks that a mail already on its way is recorded
// as sent, and that nothing else of the visitor is left.
func TestDeletionWhileTheMailIsBeingSent(t *testing.T) {
	c := newChat(t)
	zoe(t, c)
	id := c.visitorID(t, "token-of-zoe")
	mails := &courier{}
	mails.onDeliver = func() {
		mails.onDeliver = nil
		if a := c.deleteVisitor("token-of-zoe"); a.Status != http.StatusOK {
			t.Errorf("delete: %d %s", a.Status, a.Error)
		}
	}
	if c.deliver(t, mails); len(mails.links) != 1 {
		t.Fatalf("%d surveys were sent, want only the one on its way", len(mails.links))
	}
	sent := 0
	for _, item := range c.raw.Items(t) {
		c.wantNothingPersonal(t, item, id)
		var s livechat.Survey
		if strings.HasPrefix(item.Key().PK, "SURVEY#") && item.Decode(&s) == nil && s.Reason == livechat.SkipVisitorDeleted && s.SentAt != 0 {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("%d surveys are recorded as sent, want one", sent)
	}
	verified(t, c.store)
	code := mails.links[0][strings.LastIndex(mails.links[0], "/")+1:]
	if _, _, err := c.store.SurveyByLink(t.Context(), livechat.LinkHash(code)); !errors.Is(err, livechat.ErrUnknownLink) {
		t.Errorf("the link still works: %v", err)
	}
}

// TestPersonalHasEverything checks that the export has all of the visitor's data except
// credentials.
func TestPersonalHasEverything(t *testing.T) {
	c := newChat(t)
	zoe(t, c)
	id := c.visitorID(t, "token-of-zoe")
	err := c.store.RecordAudit(t.Context(), livechat.AuditEntry{ID: "written-of-her", Action: livechat.AuditVisitorChanged, Ts: livechat.At(now), VisitorID: id})
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.store.ExportVisitor(t.Context(), "token-of-zoe")
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range personal {
		if strings.Contains(string(document), word) != (word != "token-of-zoe") {
			t.Errorf("%q: %s", word, document)
		}
	}
	pending := 0
	for _, r := range found.Rooms {
		if r.Survey != nil && !r.Survey.Final() && r.Survey.DueAt != 0 {
			pending++
		}
	}
	// All rooms were opened at the same time, so the order is open. One was surveyed.
	answered := slices.IndexFunc(found.Rooms, func(r store.RoomExport) bool { return len(r.Answers) == 2 && len(r.Links) == 1 && r.Comment != nil })
	if len(found.Rooms) != 4 || pending < 2 || answered < 0 || found.LastAsked == nil {
		t.Errorf("%d rooms, %d pending surveys: %s", len(found.Rooms), pending, document)
	}
	if len(found.Audit) == 0 || found.Audit[len(found.Audit)-1].ID != "written-of-her" || found.Unsubscribed {
		t.Errorf("audit %+v, unsubscribed %v", found.Audit, found.Unsubscribed)
	}
	c.unsubscribe(t)
	if found, err = c.store.ExportVisitor(t.Context(), "token-of-zoe"); err != nil || !found.Unsubscribed {
		t.Errorf("unsubscribed %v (%v)", found.Unsubscribed, err)
	}
	if _, err := c.store.ExportVisitor(t.Context(), "nobody"); !errors.Is(err, livechat.ErrInvalidToken) {
		t.Errorf("export of an unknown token: %v", err)
	}
}

// unsubscribe unsubscribes every recipient of a mailed link.
func (c *chat) unsubscribe(t *testing.T) {
	t.Helper()
	mailed := 0
	for _, item := range c.raw.Items(t) {
		if !strings.HasPrefix(item.Key().PK, "LINK#") || item.Text("address") == "" {
			continue
		}
		mailed++
		if err := c.store.Unsubscribe(t.Context(), item.Text("hash"), livechat.At(now)); err != nil {
			t.Error(err)
		}
	}
	if mailed == 0 {
		t.Error("no link was mailed")
	}
}
