package verify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
	"livechat/shared/store/table"
	"livechat/shared/store/verify"
	"livechat/shared/survey"
)

// find verifies the table and returns the problems that it found.
func find(t testing.TB, s *store.Store, change func(*verify.Verification)) []verify.Problem {
	t.Helper()
	var found []verify.Problem
	v := verify.Verification{
		Store: s, Now: func() livechat.Time { return now.Add(time.Hour) }, Close: closingAsked,
		Found: func(p verify.Problem) { found = append(found, p) },
	}
	if change != nil {
		change(&v)
	}
	if _, err := v.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found
}

var now = storetest.Now

// closingAsked closes a room, with a survey that is to be sent.
func closingAsked(r livechat.Room) (livechat.Closed, error) {
	settings, err := settings.New(settings.Changes{})
	if err != nil {
		return livechat.Closed{}, err
	}
	closed := r.Close(livechat.CloseParams{Now: now.Add(time.Minute), Comment: "bye", NewID: livechat.NewID})
	asked, err := survey.AtClosing(settings, closed.Room)
	return livechat.Closed{Change: closed, Survey: asked}, err
}

// town is a table with items of every kind.
type town struct {
	*testing.T
	storetest.Raw
	store *store.Store
	// open is a room of the visitor with the token "open", and closed of the visitor with
	// the token "closed".
	open, closed livechat.Room
	// said is a message in the open room.
	said livechat.Message
	user livechat.User
	link string
}

func newTown(t *testing.T) *town {
	t.Helper()
	s, raw := storetest.NewWithClient(t)
	w := &town{T: t, Raw: raw, store: s}
	ann := storetest.AddAgent(t, s, "ann")
	w.user = livechat.User{ID: ann.ID, Username: "ann"}
	room, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, storetest.Register(t, s, "open"), ann))
	w.must(err)
	w.open = room
	for range 9 {
		w.said = storetest.VisitorSays(t, s, room, "hello")
	}
	w.must(deleteMessage(t, s, "open", room.ID, storetest.VisitorSays(t, s, room, "oh").ID))
	w.closed = w.chat("closed", ann)
	w.must(s.SetSetting(t.Context(), "surveyDelayMinutes", "", "5"))
	// Add the remains of a deleted visitor.
	w.chat("gone", ann)
	_, err = s.DeleteVisitor(t.Context(), "gone", now, storetest.Deletion)
	w.must(err)
	return w
}

// chat opens and closes a room of a new visitor, who is surveyed and answers.
func (w *town) chat(token string, agent livechat.Agent) livechat.Room {
	w.Helper()
	room, _, err := w.store.OpenRoom(w.Context(), storetest.NewRoom(w, storetest.Register(w, w.store, token), agent))
	w.must(err)
	_, _, err = storetest.Post(w, w.store, room, "named-by-a-client", "hello", true)
	w.must(err)
	storetest.AgentSays(w, w.store, room, "good day")
	closed, err := w.store.CloseRoom(w.Context(), room.ID, closingAsked)
	w.must(err)
	asked, err := w.store.Survey(w.Context(), room.ID)
	w.must(err)
	w.link = livechat.LinkHash(livechat.NewCode())
	claimed := survey.Claimed(survey.Step{Survey: *asked, MessageKind: livechat.Invitation, Channel: livechat.ChannelEmail}, w.link, now)
	w.must(w.store.ClaimSurvey(w.Context(), claimed, livechat.Link{Hash: w.link, RoomID: room.ID, VisitorID: room.Visitor.ID, ExpiresAt: now.Add(time.Hour)}, now, 0))
	_, err = w.store.AnswerSurvey(w.Context(), token, room.ID, storetest.Answer(livechat.Answers{"satisfaction": "4", "additionalFeedback": strings.Repeat("thanks ", 100)}))
	w.must(err)
	return closed.Room
}

func deleteMessage(t testing.TB, s *store.Store, token, rid, id string) error {
	t.Helper()
	return s.DeleteVisitorsMessage(t.Context(), token, rid, id, now, func(livechat.Room) error { return nil },
		func(r livechat.Room, _ livechat.Message) (livechat.Room, error) { return r, nil })
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// key returns the key of the first item with the prefixes.
func (w *town) key(partition, sort string) table.Key {
	w.Helper()
	for _, item := range w.Items(w) {
		if k := item.Key(); strings.HasPrefix(k.PK, partition) && strings.HasPrefix(k.SK, sort) {
			return k
		}
	}
	w.Fatalf("there is no %s, %s", partition, sort)
	return table.Key{}
}

func (w *town) keyOf(k table.Key) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: k.PK}, "SK": &types.AttributeValueMemberS{Value: k.SK},
	}
}

// lose deletes an item from the table.
func (w *town) lose(partition, sort string) {
	w.Helper()
	key := w.key(partition, sort)
	_, err := w.DeleteItem(w.Context(), &dynamodb.DeleteItemInput{TableName: &w.Table, Key: w.keyOf(key)})
	w.must(err)
}

// put writes an item with the document and further attributes.
func (w *town) put(key table.Key, document any, further table.Values) {
	w.Helper()
	item, err := table.NewItem(key, document, further)
	w.must(err)
	_, err = w.PutItem(w.Context(), &dynamodb.PutItemInput{TableName: &w.Table, Item: item})
	w.must(err)
}

// change updates an item with the expression.
func (w *town) change(partition, sort, expression string, values map[string]types.AttributeValue) {
	w.Helper()
	known := map[string]types.AttributeValue{
		":id": text("somebody"), ":key": text("VISITOR_ID#somebody"), ":true": &types.AttributeValueMemberBOOL{Value: true},
		":list": text(layout.ListPartition(livechat.Room{ID: w.closed.ID, Open: true})), ":sort": text(w.closed.OpenedAt.String() + "#" + w.closed.ID), ":scheduled": text("scheduled"),
		":shard": text("DUE#none"), ":second": text("second"),
	}
	in := &dynamodb.UpdateItemInput{TableName: &w.Table, Key: w.keyOf(w.key(partition, sort)), UpdateExpression: &expression}
	for name, value := range known {
		if strings.Contains(expression, name) && values[name] == nil {
			values = with(values, name, value)
		}
	}
	for _, name := range []string{"#id", "#open", "#state", "#token"} {
		if !strings.Contains(expression, name) {
			continue
		}
		if in.ExpressionAttributeNames == nil {
			in.ExpressionAttributeNames = map[string]string{}
		}
		in.ExpressionAttributeNames[name] = strings.Replace(name[1:], "id", "_id", 1)
	}
	in.ExpressionAttributeValues = values
	_, err := w.UpdateItem(w.Context(), in)
	w.must(err)
}

func with(values map[string]types.AttributeValue, name string, value types.AttributeValue) map[string]types.AttributeValue {
	if values == nil {
		values = map[string]types.AttributeValue{}
	}
	values[name] = value
	return values
}

// copyTo copies the item to another key.
func (w *town) copyTo(partition, sort string, to table.Key) {
	w.Helper()
	key := w.key(partition, sort)
	for _, item := range w.Items(w) {
		if item.Key() != key {
			continue
		}
		for name, value := range w.keyOf(to) {
			item[name] = value
		}
		_, err := w.PutItem(w.Context(), &dynamodb.PutItemInput{TableName: &w.Table, Item: item})
		w.must(err)
	}
}

// of returns the partition key of the visitor with the token.
func of(token string) string { return layout.VisitorPartition(token) }

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

// broken holds ways to break a table, by the kind of the problem that verify then finds.
var broken = map[string]struct {
	harm func(*town)
	// also lists the kinds of additional problems.
	also []string
	// left tells that verify can't repair the problem.
	left bool
}{
	"second-open-room": {harm: func(w *town) {
		room := storetest.NewRoom(w, visitor(w, "open")).Room
		w.must(w.store.PutRoom(w.Context(), forVisitor(w, room, "other")))
		w.copyTo(of("other"), "OPEN", table.Key{PK: of("open"), SK: "ROOM#" + room.ID})
		w.change(of("open"), "ROOM#"+room.ID, "SET v = :v", map[string]types.AttributeValue{":v": w.attribute(of("open"), "OPEN", "v")})
		w.lose(of("other"), "OPEN")
	}},
	"closed-in-open": {harm: func(w *town) {
		w.copyTo(of("closed"), "ROOM#", table.Key{PK: of("closed"), SK: "OPEN"})
		w.lose(of("closed"), "ROOM#")
	}},
	"room-without-visitor": {harm: func(w *town) { w.lose(of("open"), "PROFILE") }},
	"anothers-room": {left: true, also: []string{"index-keys"}, harm: func(w *town) {
		w.change(of("open"), "PROFILE", "SET #id = :id, GSI1PK = :key", nil)
	}},
	"room-twice": {left: true, harm: func(w *town) {
		w.copyTo(of("closed"), "ROOM#", table.Key{PK: of("closed"), SK: "OPEN"})
		w.change(of("closed"), "OPEN", "SET #open = :true, GSI2PK = :list, GSI2SK = :sort", nil)
	}},
	"index-keys":               {harm: func(w *town) { w.change(of("open"), "PROFILE", "REMOVE GSI1PK", nil) }},
	"messages-counted-wrongly": {harm: func(w *town) { w.lose("MESSAGES#"+w.open.ID, w.said.Ts.String()) }},
	"message-without-id":       {harm: func(w *town) { w.lose("MESSAGES#"+w.closed.ID, "ID#") }},
	"orphaned-messages": {harm: func(w *town) {
		w.copyTo("MESSAGES#"+w.closed.ID, "2026-", table.Key{PK: "MESSAGES#nobodys", SK: "2026-11-01T09:30:00.000Z#x"})
	}},
	"orphaned-answers": {harm: func(w *town) {
		entry := livechat.AnswerEntry{ID: "x", RoomID: "nobodys", Ts: now}
		w.put(table.Key{PK: "ANSWERS#nobodys", SK: now.String() + "#x"}, entry, layout.AgedAnswers.IndexKeys(now, "x"))
	}},
	"long-answers-missing": {left: true, harm: func(w *town) { w.lose("ANSWERS#"+w.closed.ID, "LONG") }},
	"age-keys": {harm: func(w *town) {
		for _, partition := range []string{"ANSWERS#" + w.closed.ID, "AUDIT#"} {
			w.change(partition, "2026-", "REMOVE GSI2PK, GSI2SK", nil)
		}
	}},
	"orphaned-comment": {harm: func(w *town) {
		w.copyTo("COMMENTS#", "2026-", table.Key{PK: "COMMENTS#2026-11", SK: "2026-11-01#2026-11-01T09:30:00.000Z#nobodys"})
	}},
	"comment-missing":     {harm: func(w *town) { w.lose("COMMENTS#", "") }},
	"asked-nobody":        {harm: func(w *town) { w.copyTo(of("closed"), "ASKED", table.Key{PK: of("nobody"), SK: "ASKED"}) }},
	"unfinished-erasure":  {harm: func(w *town) { w.put(table.Key{PK: of("gone"), SK: "ERASE#it"}, struct{}{}, nil) }},
	"unfinished-deletion": {left: true, harm: unfinishedDeletion},
	"expired": {harm: func(w *town) {
		w.change("LINK#", "", "SET expires = :n", map[string]types.AttributeValue{":n": number("1700000000")})
	}},
	"survey-index-keys": {harm: func(w *town) { w.change("SURVEY#"+w.closed.ID, "", "REMOVE GSI1PK", nil) }},
	"survey-never-due": {harm: func(w *town) {
		w.change("SURVEY#"+w.closed.ID, "", "SET #state = :scheduled", nil)
	}},
	"survey-stuck": {left: true, also: []string{"survey-index-keys"}, harm: func(w *town) {
		at := now.Add(-48 * time.Hour)
		w.change("SURVEY#"+w.closed.ID, "", "SET #state = :scheduled, dueAt = :due, GSI2SK = :sort, GSI2PK = :shard",
			map[string]types.AttributeValue{":due": number(fmt.Sprint(int64(at))), ":sort": text(at.String())})
	}},
	"survey-without-room": {also: []string{"orphaned-messages", "orphaned-answers"}, harm: func(w *town) { w.lose(of("closed"), "ROOM#") }},
	"survey-of-another": {harm: func(w *town) {
		w.change("SURVEY#"+w.closed.ID, "", "SET visitor.#id = :id", nil)
	}},
	"dangling-link": {harm: func(w *town) {
		w.put(table.Key{PK: "LINK#abc", SK: "LINK"}, livechat.Link{Hash: "abc", RoomID: w.closed.ID, ExpiresAt: now}, nil)
	}},
	"user-without-name":  {harm: func(w *town) { w.lose("USERNAME#ann", "") }},
	"user-without-agent": {harm: func(w *town) { w.lose("AGENTS", w.user.ID) }},
	"user-index-keys":    {harm: func(w *town) { w.change("USER#", "PROFILE", "REMOVE GSI1PK", nil) }},
	"username-twice": {left: true, also: []string{"name-of-another"}, harm: func(w *town) {
		bob := storetest.AddAgent(w, w.store, "bob")
		w.put(table.Key{PK: "USERNAME#ann", SK: "USERNAME"}, struct{}{}, table.Values{"userId": bob.ID})
	}},
	"token-without-user": {harm: func(w *town) {
		w.put(table.Key{PK: "USER#nobody", SK: "TOKEN#abc"}, livechat.AuthToken{Hash: "abc", UserID: "nobody"}, nil)
	}},
	"name-without-user": {harm: func(w *town) {
		w.put(table.Key{PK: "USERNAME#nobody", SK: "USERNAME"}, struct{}{}, table.Values{"userId": "nobody"})
	}},
	"name-of-another": {left: true, harm: func(w *town) {
		w.put(table.Key{PK: "USERNAME#nobody", SK: "USERNAME"}, struct{}{}, table.Values{"userId": w.user.ID})
	}},
	"agent-without-user": {left: true, harm: func(w *town) { w.put(table.Key{PK: "AGENTS", SK: "nobody"}, livechat.Agent{ID: "nobody"}, nil) }},
	"deactivated-agent": {harm: func(w *town) {
		w.must(w.store.DeactivateUser(w.Context(), w.user.ID))
		w.put(table.Key{PK: "AGENTS", SK: w.user.ID}, livechat.Agent{ID: w.user.ID}, nil)
	}},
	"settings": {left: true, harm: func(w *town) { w.must(w.store.SetSetting(w.Context(), "surveyDelayMinutes", "", "soon")) }},
	"unreadable": {left: true, harm: func(w *town) {
		w.put(table.Key{PK: "SURVEY#x", SK: "SURVEY"}, livechat.Survey{RoomID: "y"}, nil)
	}},
	"two-visitors": {left: true, harm: func(w *town) {
		w.copyTo(of("open"), "PROFILE", table.Key{PK: of("second"), SK: "PROFILE"})
		w.change(of("second"), "PROFILE", "SET #token = :second", nil)
	}},
}

func unfinishedDeletion(w *town) {
	w.put(table.Key{PK: of("closed"), SK: "OPEN"}, struct{}{}, table.Values{
		"deletedVisitor": visitor(w, "closed").ID, "expires": now.Time().Unix() - 60,
	})
}

func visitor(w *town, token string) livechat.Visitor {
	w.Helper()
	v, _, err := w.store.VisitorByToken(w.Context(), token)
	w.must(err)
	return v
}

// forVisitor moves the room to a visitor with the token who does not exist.
func forVisitor(w *town, r livechat.Room, token string) livechat.Room {
	w.Helper()
	r.Visitor.Token = token
	return r
}

// attribute returns an attribute of an item.
func (w *town) attribute(partition, sort, name string) types.AttributeValue {
	w.Helper()
	key := w.key(partition, sort)
	for _, item := range w.Items(w) {
		if item.Key() == key {
			return item[name]
		}
	}
	return nil
}

// TestVerifyFindsNothingInAHealthyTable checks that verify reports no problem, not even
// for expired counters and markers.
func TestVerifyFindsNothingInAHealthyTable(t *testing.T) {
	w := newTown(t)
	w.put(table.Key{PK: "RATE#rooms#x#1", SK: "RATE"}, struct{}{}, table.Values{"expires": 1})
	w.put(table.Key{PK: of("closed"), SK: "OPEN"}, struct{}{}, table.Values{"expires": now.Time().Unix() - 60})
	if found := find(t, w.store, nil); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}

// TestVerifyFindsEachProblem checks that verify describes each problem without changing
// the table. A run with repairs must then repair each problem that can be repaired.
func TestVerifyFindsEachProblem(t *testing.T) {
	for kind, c := range broken {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			c.harm(w)
			was := w.Items(t)
			wanted := append([]string{kind}, c.also...)
			found := find(t, w.store, nil)
			for _, p := range found {
				if !slices.Contains(wanted, p.Kind) || p.Repaired || (p.Mend == "") == (p.WhyLeft == "") {
					t.Errorf("found %+v", p)
				}
			}
			if !hasKinds(found, wanted...) {
				t.Fatalf("found %+v, want %v", found, wanted)
			}
			if diff := len(was) - len(w.Items(t)); diff != 0 {
				t.Errorf("%d items were deleted without a repair", diff)
			}
			find(t, w.store, func(v *verify.Verification) { v.Repair, v.Erase = true, true })
			after := find(t, w.store, nil)
			if c.left != hasKinds(after, kind) || !c.left && len(after) > 0 {
				t.Errorf("after the repair: %+v", after)
			}
		})
	}
}

func hasKinds(found []verify.Problem, kinds ...string) bool {
	for _, kind := range kinds {
		if !slices.ContainsFunc(found, func(p verify.Problem) bool { return p.Kind == kind }) {
			return false
		}
	}
	return true
}

// TestLongAnswersOfNoRoom checks that orphaned long answers are reported and deleted like
// other answers.
func TestLongAnswersOfNoRoom(t *testing.T) {
	w := newTown(t)
	w.copyTo("ANSWERS#"+w.closed.ID, "LONG", layout.LongAnswersKey("nobodys"))
	if found := find(t, w.store, nil); len(found) != 1 || found[0].Kind != "orphaned-answers" {
		t.Errorf("found %+v", found)
	}
	find(t, w.store, func(v *verify.Verification) { v.Repair, v.Erase = true, true })
	if left := find(t, w.store, nil); len(left) > 0 {
		t.Errorf("after the repair: %+v", left)
	}
}

// TestRepairLosesNothingUnasked checks that a repair deletes data that may still be
// wanted only if Erase is set.
func TestRepairLosesNothingUnasked(t *testing.T) {
	w := newTown(t)
	w.lose(of("closed"), "ROOM#")
	before := len(w.Items(t))
	found := find(t, w.store, func(v *verify.Verification) { v.Repair = true })
	if len(found) == 0 || len(w.Items(t)) != before {
		t.Errorf("%d items of %d are left; found %+v", len(w.Items(t)), before, found)
	}
	for _, p := range found {
		if p.Repaired || p.WhyLeft == "" {
			t.Errorf("%+v", p)
		}
	}
}

// TestNothingIsErasedWhileARoomCannotBeFound checks that no orphan is deleted while a
// room is missing in the index. The orphan may belong to that room.
func TestNothingIsErasedWhileARoomCannotBeFound(t *testing.T) {
	w := newTown(t)
	w.change(of("closed"), "ROOM#", "REMOVE GSI1PK", nil)
	tooLate := w.Store(t, storetest.Fail("UpdateItem", 100, &types.ConditionalCheckFailedException{}, new(atomic.Int64)))
	before := len(w.Items(t))
	found := find(t, tooLate, func(v *verify.Verification) { v.Repair, v.Erase = true, true })
	if !hasKinds(found, "index-keys", "orphaned-messages", "orphaned-answers", "survey-without-room") {
		t.Errorf("found %+v", found)
	}
	for _, p := range found {
		if p.Repaired || p.WhyLeft == "" {
			t.Errorf("%+v", p)
		}
	}
	if n := len(w.Items(t)); n != before {
		t.Errorf("%d items of %d are left", n, before)
	}
	if left := find(t, w.store, func(v *verify.Verification) { v.Repair, v.Erase = true, true }); !slices.ContainsFunc(left, func(p verify.Problem) bool { return p.Repaired }) {
		t.Errorf("the next run repairs nothing: %+v", left)
	}
	if left := find(t, w.store, nil); len(left) > 0 {
		t.Errorf("afterwards: %+v", left)
	}
}

// TestWhatSeemsWrongIsLeftAloneForAWhile checks that a problem is not reported if it
// disappears before the item is examined again.
func TestWhatSeemsWrongIsLeftAloneForAWhile(t *testing.T) {
	w := newTown(t)
	broken["unfinished-erasure"].harm(w)
	const settle = time.Second
	began := time.Now()
	found := find(t, w.store, func(v *verify.Verification) { v.Settle = settle })
	if len(found) != 1 || time.Since(began) < settle {
		t.Errorf("found %+v after %s", found, time.Since(began))
	}
	suspected := 0
	found = find(t, w.store, func(v *verify.Verification) {
		v.Progress = func(_, waiting int) {
			if suspected += waiting; waiting > 0 {
				w.lose(of("gone"), "ERASE#it")
			}
		}
	})
	if len(found) > 0 || suspected != 1 {
		t.Errorf("%d items seemed wrong before they were right; found %+v", suspected, found)
	}
}

// TestRoomThatChangesIsNotCountedWrongly checks that no problem is reported if messages
// are deleted between the read of a room and the read of its messages.
func TestRoomThatChangesIsNotCountedWrongly(t *testing.T) {
	w := newTown(t)
	var said []string
	for range 30 {
		said = append(said, storetest.VisitorSays(t, w.store, w.open, "oh").ID)
	}
	var lock sync.Mutex
	taken := 0
	s := w.Store(t, storetest.Before("Query", func() {
		lock.Lock()
		defer lock.Unlock()
		if taken < len(said) {
			w.must(deleteMessage(t, w.store, "open", w.open.ID, said[taken]))
			taken++
		}
	}))
	if found := find(t, s, nil); len(found) > 0 || taken == 0 {
		t.Errorf("found %+v, and %d messages were deleted", found, taken)
	}
}

// TestVerifyRaisesNoFalseAlarm checks that verify reports no problem while the service is
// busy.
func TestVerifyRaisesNoFalseAlarm(t *testing.T) {
	w := newTown(t)
	ctx, stop := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	for i := range 4 {
		busy.Go(func() {
			for ctx.Err() == nil {
				token := livechat.NewID()
				room := storetest.Open(t, w.store, storetest.Register(t, w.store, token))
				for range i * 3 {
					storetest.VisitorSays(t, w.store, room, "hello")
				}
				if _, err := w.store.CloseVisitorsRoom(t.Context(), token, room.ID, closingAsked); err != nil {
					t.Error(err)
				}
				if i%2 == 0 {
					continue
				}
				if _, err := w.store.DeleteVisitor(t.Context(), token, now, storetest.Deletion); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		found := find(t, w.store, func(v *verify.Verification) { v.Settle, v.Repair, v.Erase = 2*time.Second, true, true })
		if len(found) > 0 {
			t.Errorf("found %+v", found)
		}
	}
	stop()
	busy.Wait()
	if found := find(t, w.store, nil); len(found) > 0 {
		t.Errorf("afterwards: %+v", found)
	}
}
