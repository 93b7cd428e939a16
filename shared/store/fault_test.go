package store_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
)

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if known, ok := errors.AsType[*livechat.Error](err); !ok || known.Kind != livechat.Unavailable {
		t.Errorf("got error %v, want kind Unavailable", err)
	}
}

func TestTransactionIsRepeatedWhileOthersAreInTheWay(t *testing.T) {
	var calls atomic.Int64
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	s := raw.Store(t, storetest.Fail("TransactWriteItems", 3, storetest.Cancelled("None", "TransactionConflict"), &calls))
	if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
		t.Fatal(err)
	}
	if calls.Load() != 4 {
		t.Errorf("the transaction was tried %d times, want 4", calls.Load())
	}
	history, err := s.AnswerHistory(t.Context(), room.ID)
	if err != nil || len(history) != 1 {
		t.Errorf("history has %d entries, want 1 (%v)", len(history), err)
	}
}

func TestRepeatingEnds(t *testing.T) {
	var calls atomic.Int64
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	s := raw.Store(t, storetest.Fail("TransactWriteItems", 1000, storetest.Cancelled("TransactionConflict", "ThrottlingError"), &calls))
	_, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"}))
	wantUnavailable(t, err)
	if calls.Load() > 20 {
		t.Errorf("the transaction was tried %d times, want at most 20", calls.Load())
	}
}

func TestTransactionThatMustFailIsNotRepeated(t *testing.T) {
	var calls atomic.Int64
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	s := raw.Store(t, storetest.Fail("TransactWriteItems", 1000, storetest.Cancelled("TransactionConflict", "ValidationError"), &calls))
	_, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"}))
	if _, known := errors.AsType[*livechat.Error](err); err == nil || known {
		t.Errorf("got error %v, want an unexpected one", err)
	}
	if calls.Load() != 1 {
		t.Errorf("the transaction was tried %d times, want once", calls.Load())
	}
}

func TestPutIsRepeatedWhileATransactionIsInTheWay(t *testing.T) {
	var calls atomic.Int64
	s := storetest.New(t, storetest.Fail("PutItem", 2, &types.TransactionConflictException{}, &calls))
	storetest.Register(t, s, "token")
	if calls.Load() != 3 {
		t.Errorf("the put was tried %d times, want 3", calls.Load())
	}
}

func TestThrottleIsUnavailable(t *testing.T) {
	for _, operation := range []string{"PutItem", "TransactWriteItems", "Query", "BatchGetItem"} {
		t.Run(operation, func(t *testing.T) {
			good, raw := storetest.NewWithClient(t)
			room := storetest.Open(t, good, storetest.Register(t, good, "token"))
			var calls atomic.Int64
			throttled := raw.Store(t, storetest.Fail(operation, 1000, &types.ProvisionedThroughputExceededException{}, &calls))
			var err error
			switch operation {
			case "PutItem":
				_, err = throttled.RegisterVisitor(t.Context(), "other", func(livechat.Visitor, bool) (livechat.Visitor, error) {
					return livechat.NewVisitor("other", "other", storetest.Now), nil
				})
			case "Query":
				_, _, err = throttled.VisitorByToken(t.Context(), "token")
			default:
				_, err = throttled.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"}))
			}
			wantUnavailable(t, err)
		})
	}
}

func TestOpeningWhoseAnswerWasLostIsStillNew(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, good, "token")
	s := raw.Store(t, storetest.LoseAnswer("TransactWriteItems", 1))
	first := storetest.NewRoom(t, v)
	opened, isNew, err := s.OpenRoom(t.Context(), first)
	if err != nil || !isNew || opened.ID != first.Room.ID {
		t.Errorf("opened %s, new %v, %v; want %s, true", opened.ID, isNew, err, first.Room.ID)
	}
}

func TestRegistrationWhoseAnswerWasLostIsDoneOnce(t *testing.T) {
	s, raw := storetest.NewWithClient(t, storetest.LoseAnswer("PutItem", 1))
	v := storetest.Register(t, s, "token")
	again, _, err := raw.Store(t).VisitorByToken(t.Context(), "token")
	if err != nil || again.ID != v.ID {
		t.Errorf("registered %s, stored %s (%v)", v.ID, again.ID, err)
	}
}

func TestSurveyWhoseAnswerWasLostIsCountedOnce(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	s := raw.Store(t, storetest.LoseAnswer("TransactWriteItems", 1))
	if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
		t.Fatal(err)
	}
	history, err := s.AnswerHistory(t.Context(), room.ID)
	if err != nil || len(history) != 1 {
		t.Errorf("history has %d entries, want 1 (%v)", len(history), err)
	}
}

// TestSurveyWhoseAnswerWasLostMeetsAConflict: the retry after a lost answer gets a
// conflict. The next retry must still have the token of the same transaction.
func TestSurveyWhoseAnswerWasLostMeetsAConflict(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	s := raw.Store(t, storetest.LoseAnswer("TransactWriteItems", 1),
		func(o *dynamodb.Options) { o.HTTPClient = &secondConflicts{HTTPClient: o.HTTPClient} })
	if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
		t.Fatal(err)
	}
	if history, err := good.AnswerHistory(t.Context(), room.ID); err != nil || len(history) != 1 {
		t.Errorf("history has %d entries, want 1 (%v)", len(history), err)
	}
}

// secondConflicts answers the second transaction with a conflict.
type secondConflicts struct {
	dynamodb.HTTPClient
	transactions atomic.Int64
}

func (c *secondConflicts) Do(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.TransactWriteItems" || c.transactions.Add(1) != 2 {
		return c.HTTPClient.Do(r)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	_, err := w.WriteString(`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",` +
		`"CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}],"Message":"Transaction cancelled"}`)
	return w.Result(), err
}

func TestCallWhoseAnswerIsCutOffIsRepeated(t *testing.T) {
	for _, operation := range []string{"PutItem", "UpdateItem", "TransactWriteItems", "Query", "BatchGetItem"} {
		t.Run(operation, func(t *testing.T) {
			good, raw := storetest.NewWithClient(t)
			s := raw.Store(t, storetest.CutAnswer(operation, 2))
			v := storetest.Register(t, s, "token")
			room := storetest.Open(t, s, v)
			storetest.VisitorSays(t, s, room, "hello")
			wantReplayed(t, good, room, 1)
			if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.VisitorByToken(t.Context(), "token"); err != nil {
				t.Fatal(err)
			}
			if history, err := good.AnswerHistory(t.Context(), room.ID); err != nil || len(history) != 1 {
				t.Errorf("history has %d entries, want 1 (%v)", len(history), err)
			}
		})
	}
}

func TestAnswersThatAreAlwaysCutOffAreAFaultThatPasses(t *testing.T) {
	s := storetest.New(t, storetest.CutAnswer("Query", 1000))
	_, _, err := s.VisitorByToken(t.Context(), "token")
	wantUnavailable(t, err)
}

func TestDeletionCutShortIsTakenUp(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, good, "token")
	for range 3 {
		room := closed(t, good, v)
		if _, err := good.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
			t.Fatal(err)
		}
	}
	for _, operation := range []string{"BatchWriteItem", "DeleteItem"} {
		var calls atomic.Int64
		s := raw.Store(t, storetest.Fail(operation, 1000, errors.New("the function was killed"), &calls))
		if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err == nil {
			t.Fatalf("the deletion succeeded without %s", operation)
		}
	}
	if _, err := good.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	for _, item := range raw.Items(t) {
		switch key := item.Key(); key.PK {
		case "AUDIT#" + v.ID, layout.VisitorPartition("token"), "COUNTER#guest":
		default:
			t.Errorf("left over: %v", key)
		}
	}
}

// TestLateIndexIsAskedAgain makes the index lag: it is empty at first.
func TestLateIndexIsAskedAgain(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, good, "token")
	var asked atomic.Int64
	late := raw.Store(t, func(o *dynamodb.Options) { o.HTTPClient = lateIndex{o.HTTPClient, &asked} })
	found, err := late.VisitorByID(t.Context(), v.ID)
	if err != nil || found.ID != v.ID {
		t.Errorf("found %q, %v", found.ID, err)
	}
	if asked.Load() != 3 {
		t.Errorf("the index was queried %d times, want 3", asked.Load())
	}
}

// lateIndex returns no items for the first two queries.
type lateIndex struct {
	dynamodb.HTTPClient
	asked *atomic.Int64
}

func (l lateIndex) Do(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.Query" || l.asked.Add(1) > 2 {
		return l.HTTPClient.Do(r)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if _, err := w.WriteString(`{"Count":0,"Items":[],"ScannedCount":0}`); err != nil {
		return nil, err
	}
	return w.Result(), nil
}
