package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// laptopAhead is how far the clock of that server is ahead.
const laptopAhead = 40 * 24 * time.Hour

// cloud starts a server that answers like a laptop cloud, and returns its port.
func cloud(t *testing.T, status int, body string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local/database", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
	mux.HandleFunc("GET /_local/clock", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"now":%q}`, time.Now().Add(laptopAhead).Format(time.RFC3339Nano))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return port(t, server.Listener.Addr())
}

func port(t *testing.T, a net.Addr) string {
	t.Helper()
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// freePort returns a port on which nothing listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return port(t, l.Addr())
}

func TestLocalWorksOnTheLaptopCloudsTable(t *testing.T) {
	o := newOperator(t)
	place, err := json.Marshal(map[string]string{
		"endpoint": os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"), "table": o.raw.Table,
	})
	if err != nil {
		t.Fatal(err)
	}
	local := cloud(t, http.StatusOK, string(place))
	// A local command must ignore the AWS configuration.
	t.Setenv("TABLE_NAME", "production")
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
	user := o.createUser("maria", "--role", "admin", "--local", local)
	if !o.admits(user) {
		t.Error("the user is not in the laptop cloud's table")
	}
	stored, err := o.store.User(t.Context(), user.UserID)
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(stored.CreatedAt.Time()); ahead < laptopAhead-time.Hour || ahead > laptopAhead {
		t.Errorf("the user was created %s ahead of this machine's clock, want the laptop cloud's %s", ahead, laptopAhead)
	}
}

func TestLocalIsRefusedWithoutALaptopCloud(t *testing.T) {
	forgetAWS(t)
	nobody := freePort(t)
	expectRefusal(t, typeIn(t, "user", "list", "--local", nobody), exitFailed,
		"no laptop cloud is running on port "+nobody+": start it with `make run`")
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"not found":      {http.StatusNotFound, `{"endpoint":"http://127.0.0.1:1","table":"t"}`},
		"a page":         {http.StatusOK, "<html>"},
		"no table":       {http.StatusOK, `{"endpoint":"http://127.0.0.1:1"}`},
		"not an address": {http.StatusOK, `{"endpoint":"127.0.0.1","table":"t"}`},
	} {
		t.Run(name, func(t *testing.T) {
			local := cloud(t, c.status, c.body)
			expectRefusal(t, typeIn(t, "user", "list", "--local", local), exitFailed,
				"port "+local+" is not a laptop cloud", "make run")
		})
	}
}

func TestCredentialsOfTheEnvironmentAreUsed(t *testing.T) {
	o := newOperator(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var signed atomic.Value // shards are read in parallel
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed.Store(r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = w.Write([]byte(`{"Items":[],"Count":0}`))
	}))
	defer emulator.Close()
	o.do("agent", "list", "--endpoint", emulator.URL, "--region", "eu-central-1")
	for _, part := range []string{"Credential=AKIAEXAMPLE/", "/eu-central-1/dynamodb/"} {
		if got, _ := signed.Load().(string); !strings.Contains(got, part) {
			t.Errorf("the request's signature is %q, want it to contain %q", got, part)
		}
	}
}

func TestMissingTableIsNamedWithItsRegion(t *testing.T) {
	newOperator(t)
	for _, command := range [][]string{
		{"user", "list"},
		{"user", "create", "--username", "maria", "--role", "admin"},
		{"settings", "set", "routingMethod", "manual"},
		{"department", "list"},
	} {
		expectRefusal(t, typeIn(t, append(command, "--table", "no-such-table", "--region", "eu-central-1")...),
			exitFailed, `no table "no-such-table"`, "eu-central-1", "--table")
	}
}

func TestTableThatCannotBeFoundIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		environment map[string]string
		args        []string
		says        []string
	}{
		"nothing given":       {says: []string{"--table", "--local", "TABLE_NAME"}},
		"no region":           {args: []string{"--table", "t"}, says: []string{"--region", "AWS_REGION"}},
		"no credentials":      {args: []string{"--table", "t", "--region", "eu-central-1"}, says: []string{"no AWS credentials", "aws sso login"}},
		"no such profile":     {args: []string{"--table", "t", "--region", "eu-central-1", "--profile", "nobody"}, says: []string{"profile", `"nobody"`}},
		"endpoint no URL":     {args: []string{"--table", "t", "--endpoint", "localhost:8000"}, says: []string{`"localhost:8000"`, "http://"}},
		"no region's name":    {args: []string{"--table", "t", "--region", "eu west"}, says: []string{`"eu west"`, "eu-central-1"}},
		"profile by variable": {environment: map[string]string{"AWS_PROFILE": "nobody"}, args: []string{"--table", "t"}, says: []string{`"nobody"`}},
	} {
		t.Run(name, func(t *testing.T) {
			forgetAWS(t)
			t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "")
			for name, value := range c.environment {
				t.Setenv(name, value)
			}
			expectRefusal(t, typeIn(t, append([]string{"user", "list"}, c.args...)...), exitFailed, c.says...)
		})
	}
}

// TestRefusalOfTheDatabase runs a command against a server that answers with DynamoDB's
// errors.
func TestRefusalOfTheDatabase(t *testing.T) {
	for code, says := range map[string][]string{
		"AccessDeniedException":       {"do not give access", `table "livechat"`, "the reason"},
		"ExpiredTokenException":       {"does not accept the credentials", "the reason", "sign in again"},
		"UnrecognizedClientException": {"does not accept the credentials", "the reason", "--profile"},
		"ValidationException":         {"refused", "the reason"},
		"ThrottlingException":         {"is overloaded", "the reason", "try again"},
	} {
		t.Run(code, func(t *testing.T) {
			forgetAWS(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.0")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"__type":"com.amazon.coral.service#` + code + `","message":"the reason"}`))
			}))
			defer server.Close()
			expectRefusal(t, typeIn(t, "agent", "list", "--table", "livechat", "--endpoint", server.URL), exitFailed, says...)
		})
	}
	t.Run("no answer", func(t *testing.T) {
		forgetAWS(t)
		endpoint := "http://127.0.0.1:" + freePort(t)
		expectRefusal(t, typeIn(t, "agent", "list", "--table", "livechat", "--endpoint", endpoint), exitFailed,
			endpoint, "cannot be reached", "connection refused", "try again")
	})
}
