package database

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// transport is a fake database implemented by a function.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func ok() *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
}

func startTestProxy(t *testing.T, db transport) (*Proxy, *ProcessAddress, *bytes.Buffer) {
	t.Helper()
	var mu sync.Mutex
	log := new(bytes.Buffer)
	note := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		log.WriteString(line + "\n")
	}
	roles, err := iam.New(map[string][]template.Statement{"Room": {allow(template.TableARN("Table"), "dynamodb:GetItem")}}, note)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(Options{
		Endpoint: "http://database.invalid", Tables: []template.Table{table}, Transport: db, Roles: roles, Log: note,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, p.Open("Room"), log
}

func call(t *testing.T, l *ProcessAddress, operation string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, l.Endpoint()+"/", strings.NewReader(`{"TableName":"Table"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func TestRefusalLooksLikeAWS(t *testing.T) {
	p, l, log := startTestProxy(t, func(*http.Request) (*http.Response, error) { return ok(), nil })
	call(t, l, "GetItem")
	status, body := call(t, l, "PutItem")

	if status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
	want := `{"Message":"User: arn:aws:sts::123456789012:assumed-role/Room-role/Room is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/Table because no identity-based policy allows the dynamodb:PutItem action","__type":"com.amazon.coral.service#AccessDeniedException"}`
	if d := cmp.Diff(want, body); d != "" {
		t.Error(d)
	}
	if got := log.String(); !strings.Contains(got, "Room may not dynamodb:PutItem on table/Table") {
		t.Errorf("log: %s", got)
	}
	permissions := map[string]iam.Permissions{"Room": {
		Granted: []string{"dynamodb:GetItem table/Table"},
		Used:    []string{"dynamodb:GetItem table/Table"},
		Refused: []string{"dynamodb:PutItem table/Table"},
	}}
	if d := cmp.Diff(permissions, p.o.Roles.Permissions()); d != "" {
		t.Error(d)
	}
}

func TestCounts(t *testing.T) {
	var side sync.WaitGroup // lets parallel calls wait for each other
	_, l, _ := startTestProxy(t, func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Together") != "" {
			side.Done()
			side.Wait()
		}
		return ok(), nil
	})
	together := func(n int) {
		side.Add(n)
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				req, _ := http.NewRequest(http.MethodPost, l.Endpoint(), strings.NewReader(`{"TableName":"Table"}`))
				req.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
				req.Header.Set("Together", "yes")
				if resp, err := http.DefaultClient.Do(req); err == nil {
					resp.Body.Close()
				}
			})
		}
		all.Wait()
	}

	call(t, l, "GetItem") // a call while the process starts, outside any event
	if calls, trips := l.Counts(); calls != 0 || trips != 0 {
		t.Errorf("before the first event: %d calls, %d trips", calls, trips)
	}
	tests := []struct {
		name         string
		work         func()
		calls, trips int
	}{
		{"none", func() {}, 0, 0},
		{"one after another", func() { call(t, l, "GetItem"); call(t, l, "GetItem"); call(t, l, "GetItem") }, 3, 3},
		{"in parallel", func() { together(4) }, 4, 1},
		{"parallel calls between two", func() { call(t, l, "GetItem"); together(3); call(t, l, "GetItem") }, 5, 3},
		{"a refused call counts too", func() { call(t, l, "PutItem"); call(t, l, "GetItem") }, 2, 2},
		{"warming up does not count", func() {
			if resp, err := http.Get(l.Endpoint()); err == nil {
				resp.Body.Close()
			}
		}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.Begin()
			tt.work()
			if calls, trips := l.Counts(); calls != tt.calls || trips != tt.trips {
				t.Errorf("%d calls in %d trips, want %d in %d", calls, trips, tt.calls, tt.trips)
			}
		})
	}
}

func TestChainBesideALongCall(t *testing.T) {
	c := new(chain)
	long := c.start()
	for range 3 {
		c.start().finish(units{})
	}
	long.finish(units{})
	c.start().finish(units{}) // starts after all others, so it is one deeper than the chain of three
	if calls, trips := c.counts(); calls != 5 || trips != 4 {
		t.Errorf("%d calls in %d trips, want 5 in 4", calls, trips)
	}
}

func TestGoneDatabaseIsSaidOnce(t *testing.T) {
	_, l, log := startTestProxy(t, func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	})
	for range 3 {
		if status, _ := call(t, l, "GetItem"); status != http.StatusServiceUnavailable {
			t.Errorf("status %d", status)
		}
	}
	if n := strings.Count(log.String(), "database is gone"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, log)
	}
}

func TestAddressOfAnEndedProcess(t *testing.T) {
	_, l, _ := startTestProxy(t, func(*http.Request) (*http.Response, error) { return ok(), nil })
	l.Close()
	if status, _ := call(t, l, "GetItem"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
}

func TestTransactionIsAnsweredWhenItIsCommitted(t *testing.T) {
	const transaction, later = "TransactWriteItems", "ListTables"
	for _, tt := range []struct {
		name      string
		onDisk    bool
		operation string
		refused   bool // the database refuses the call
		ended     bool // the database ends before the commit
		status    int
		calls     []string
	}{
		{name: "the next call confirms the commit", onDisk: true, operation: transaction, status: 200, calls: []string{transaction, later}},
		{name: "without confirmation there is no answer", onDisk: true, operation: transaction, ended: true, status: 503, calls: []string{transaction, later}},
		{name: "in memory no confirmation is needed", operation: transaction, status: 200, calls: []string{transaction}},
		{name: "a refused transaction is not confirmed", onDisk: true, operation: transaction, refused: true, status: 400, calls: []string{transaction}},
		{name: "a single call is not confirmed", onDisk: true, operation: "GetItem", status: 200, calls: []string{"GetItem"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var reached []string
			p, l, _ := startTestProxy(t, func(r *http.Request) (*http.Response, error) {
				_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
				if reached = append(reached, operation); len(reached) > 1 && tt.ended {
					return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
				}
				answer := ok()
				if tt.refused {
					answer.StatusCode = http.StatusBadRequest
				}
				return answer, nil
			})
			p.o.OnDisk = tt.onDisk
			if status, body := call(t, l, tt.operation); status != tt.status {
				t.Errorf("%d %s, want %d", status, body, tt.status)
			}
			if d := cmp.Diff(tt.calls, reached); d != "" {
				t.Error(d)
			}
		})
	}
}
