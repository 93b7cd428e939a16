package database

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/fault"
	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// faulty is a client of a database with faults. It does not retry.
type faulty struct {
	*dynamodb.Client
	line *ProcessAddress

	mu     sync.Mutex
	bodies []string // of the calls that reached the database
}

func startFaulty(t *testing.T, answer string, faults ...fault.Fault) *faulty {
	t.Helper()
	f := new(faulty)
	roles, err := iam.New(map[string][]template.Statement{"Room": {allow("*", "*")}}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	list := new(fault.List)
	for _, one := range faults {
		list.Add(one)
	}
	p, err := Start(Options{
		Endpoint: "http://database.invalid", Tables: []template.Table{table}, Roles: roles, Faults: list, Log: func(string) {},
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			f.mu.Lock()
			f.bodies = append(f.bodies, string(body))
			f.mu.Unlock()
			done := ok()
			done.Header.Set("X-Amz-Crc32", "1") // the checksum does not match the body
			if answer == "" {
				answer = "{}"
				done.Header.Del("X-Amz-Crc32")
			}
			done.Body = io.NopCloser(strings.NewReader(answer))
			return done, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	f.line = p.Open("Room")
	f.Client = dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(f.line.Endpoint()), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	return f
}

// done returns the bodies bodies of the calls that reached the database.
func (f *faulty) done() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bodies
}

func (f *faulty) put(t *testing.T) error {
	_, err := f.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Table"), Item: key("a")})
	return err
}

func (f *faulty) transact(t *testing.T) error {
	put := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("Table"), Item: key("a")}}
	_, err := f.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put, put}})
	return err
}

func key(text string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: text}}
}

// always returns a fault that strikes every call.
func always(kind fault.Kind, when string) fault.Fault {
	return fault.Fault{Kind: kind, Rate: 1, When: when}
}

func TestFaultsAsTheSDKSeesThem(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fault.Fault
		done  int // number of calls that reached the database
		want  func(error) bool
	}{
		"reset before": {always(fault.Reset, fault.Before), 0, isReset},
		"reset after":  {always(fault.Reset, fault.After), 1, isReset},
		"error before": {always(fault.Error, fault.Before), 0, is[*types.InternalServerError]},
		"error after":  {always(fault.Error, fault.After), 1, is[*types.InternalServerError]},
		"cut":          {always(fault.Cut, ""), 1, func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		"conflict":     {always(fault.Conflict, ""), 0, is[*types.TransactionConflictException]},
		"throttle":     {always(fault.Throttle, ""), 0, isThrottle},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFaulty(t, `{"Attributes":{}}`, tt.fault)
			if err := f.put(t); err == nil || !tt.want(err) {
				t.Errorf("the SDK sees %v", err)
			}
			if len(f.done()) != tt.done {
				t.Errorf("%d calls reached the database, want %d", len(f.done()), tt.done)
			}
		})
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func isThrottle(err error) bool {
	known, ok := errors.AsType[smithy.APIError](err)
	return ok && (known.ErrorCode() == "ProvisionedThroughputExceededException" || known.ErrorCode() == "ThrottlingException")
}

func TestBothWordsOfAThrottleAreHeard(t *testing.T) {
	f := startFaulty(t, "", always(fault.Throttle, ""))
	heard := map[string]bool{}
	for range 50 {
		known, _ := errors.AsType[smithy.APIError](f.put(t))
		heard[known.ErrorCode()] = true
	}
	if len(heard) != 2 {
		t.Errorf("error codes %v, want both", heard)
	}
}

func TestTransactionIsCancelledForOneOfItsElements(t *testing.T) {
	for kind, codes := range map[fault.Kind][]string{
		fault.Conflict: {"TransactionConflict"},
		fault.Throttle: {"ProvisionedThroughputExceeded", "ThrottlingError"},
	} {
		f := startFaulty(t, "", always(kind, ""))
		heard := map[string]bool{}
		for range 50 {
			cancelled, ok := errors.AsType[*types.TransactionCanceledException](f.transact(t))
			if !ok || len(cancelled.CancellationReasons) != 2 {
				t.Fatalf("%s: %v", kind, cancelled)
			}
			for i, reason := range cancelled.CancellationReasons {
				if code := aws.ToString(reason.Code); code != "None" {
					heard[code+string(rune('0'+i))] = true
				}
			}
		}
		for _, code := range codes {
			if !heard[code+"0"] || !heard[code+"1"] || len(heard) != 2*len(codes) {
				t.Errorf("%s: reasons %v", kind, heard)
			}
		}
		if len(f.done()) != 0 {
			t.Errorf("%s: %d calls reached the database", kind, len(f.done()))
		}
	}
}

func TestThrottledBatchIsDoneInPart(t *testing.T) {
	f := startFaulty(t, `{"Responses":{"Table":[]},"UnprocessedKeys":{}}`, always(fault.Throttle, ""))
	out, err := f.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		"Table": {ConsistentRead: aws.Bool(true), Keys: []map[string]types.AttributeValue{key("a"), key("b"), key("c")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	rest := out.UnprocessedKeys["Table"]
	if len(rest.Keys) != 2 || !aws.ToBool(rest.ConsistentRead) {
		t.Errorf("unprocessed: %+v", rest)
	}
	if d := cmp.Diff([]string{`{"RequestItems":{"Table":{"ConsistentRead":true,"Keys":[{"PK":{"S":"a"}}]}}}`}, f.done()); d != "" {
		t.Error(d)
	}

	written, err := f.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
		"Table": {{DeleteRequest: &types.DeleteRequest{Key: key("a")}}, {DeleteRequest: &types.DeleteRequest{Key: key("b")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if left := written.UnprocessedItems["Table"]; len(left) != 1 || !cmp.Equal(left[0].DeleteRequest.Key["PK"].(*types.AttributeValueMemberS).Value, "b") {
		t.Errorf("unprocessed: %+v", left)
	}
}

func TestThrottledBatchOfOneIsRefused(t *testing.T) {
	f := startFaulty(t, "", always(fault.Throttle, ""))
	_, err := f.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		"Table": {Keys: []map[string]types.AttributeValue{key("a")}},
	}})
	if !isThrottle(err) || len(f.done()) != 0 {
		t.Errorf("%v, %d calls reached the database", err, len(f.done()))
	}
}

func TestLatency(t *testing.T) {
	wait := 50 * time.Millisecond
	f := startFaulty(t, "", fault.Fault{Kind: fault.Latency, Rate: 1, Millis: 50})
	for range 4 {
		began := time.Now()
		if err := f.put(t); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < wait {
			t.Errorf("took %s", took)
		}
	}
}

func TestWhoGoesDuringTheWaitHasNothingDone(t *testing.T) {
	f := startFaulty(t, "", fault.Fault{Kind: fault.Latency, Rate: 1, Millis: 60_000, When: fault.Before})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("Table"), Key: key("a")}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if len(f.done()) != 0 {
		t.Errorf("%d calls reached the database", len(f.done()))
	}
}

func TestKillEndsTheProcess(t *testing.T) {
	for when, done := range map[string]int{fault.Before: 0, fault.After: 1} {
		f := startFaulty(t, "", always(fault.Kill, when))
		var killed atomic.Int64
		f.line.Owned(func() { killed.Add(1) })
		if err := f.put(t); !isReset(err) {
			t.Errorf("%s: %v", when, err)
		}
		if killed.Load() != 1 || len(f.done()) != done {
			t.Errorf("%s: killed %d times, %d calls reached the database", when, killed.Load(), len(f.done()))
		}
	}
}

func TestWhatIsForbiddenMeetsNoFault(t *testing.T) {
	roles, err := iam.New(map[string][]template.Statement{"Room": nil}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	list := new(fault.List)
	list.Add(always(fault.Reset, ""))
	p, err := Start(Options{Endpoint: "http://database.invalid", Tables: []template.Table{table}, Roles: roles, Faults: list, Log: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	status, body := call(t, p.Open("Room"), "PutItem")
	var said struct {
		Type string `json:"__type"`
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil || status != 400 || !strings.HasSuffix(said.Type, "#AccessDeniedException") {
		t.Errorf("%d %s", status, body)
	}
}
