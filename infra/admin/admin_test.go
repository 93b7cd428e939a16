package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// operator types commands for one table.
type operator struct {
	*testing.T
	store *store.Store
	raw   storetest.Raw
}

// answer is what a command left.
type answer struct {
	stdout, stderr string
	code           int
}

// newOperator works on an empty table, found by the flag --table and the
// endpoint in the environment.
func newOperator(t *testing.T) operator {
	t.Helper()
	s, raw := storetest.NewWithClient(t)
	forgetAWS(t)
	t.Setenv("TABLE_NAME", raw.Table)
	return operator{t, s, raw}
}

// forgetAWS takes away what the machine of the test knows about AWS, except
// where the emulator is.
func forgetAWS(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"TABLE_NAME", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE",
	} {
		t.Setenv(name, "")
	}
	none := t.TempDir() + "/none"
	t.Setenv("AWS_CONFIG_FILE", none)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func typeIn(t *testing.T, args ...string) answer {
	t.Helper()
	return typeAndAnswer(t, "", args...)
}

// typeAndAnswer types a command, and what it asks for.
func typeAndAnswer(t *testing.T, input string, args ...string) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(input), &stdout, &stderr)
	return answer{stdout.String(), stderr.String(), code}
}

// do types a command that succeeds, and returns its stdout.
func (o operator) do(args ...string) string {
	o.Helper()
	a := typeIn(o.T, args...)
	if a.code != exitDone {
		o.Fatalf("admin %q ended with %d: %s", args, a.code, a.stderr)
	}
	return a.stdout
}

// doJSON types a command that succeeds with --json, and reads its stdout.
func (o operator) doJSON(into any, args ...string) {
	o.Helper()
	out := o.do(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		o.Fatalf("admin %q printed no JSON: %v\n%s", args, err, out)
	}
}

// refuse types a command that fails with one line on stderr, which has all the
// words, and nothing on stdout.
func (o operator) refuse(code int, words []string, args ...string) {
	o.Helper()
	expectRefusal(o.T, typeIn(o.T, args...), code, words...)
}

func expectRefusal(t *testing.T, a answer, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("ended with %d, want %d", a.code, code)
	}
	if a.stdout != "" {
		t.Errorf("printed %q on stdout, want nothing", a.stdout)
	}
	if !strings.HasPrefix(a.stderr, "admin: ") || strings.Count(a.stderr, "\n") != 1 || !strings.HasSuffix(a.stderr, "\n") {
		t.Errorf("stderr is not one line of admin's: %q", a.stderr)
	}
	for _, word := range words {
		if !strings.Contains(a.stderr, word) {
			t.Errorf("stderr %q does not say %q", a.stderr, word)
		}
	}
	for _, dump := range []string{"operation error", "https response", "RequestID", "goroutine"} {
		if strings.Contains(a.stderr, dump) {
			t.Errorf("stderr has the SDK's own words %q: %s", dump, a.stderr)
		}
	}
}

// createUser returns what was printed of a new user.
func (o operator) createUser(username string, flags ...string) shownToken {
	o.Helper()
	var shown shownToken
	out := o.do(append([]string{"user", "create", "--username", username}, flags...)...)
	if err := json.Unmarshal([]byte(out), &shown); err != nil {
		o.Fatalf("user create printed %q: %v", out, err)
	}
	return shown
}

// createToken returns what was printed of a new token.
func (o operator) createToken(userID string, flags ...string) shownToken {
	o.Helper()
	var shown shownToken
	out := o.do(append([]string{"token", "create", userID}, flags...)...)
	if err := json.Unmarshal([]byte(out), &shown); err != nil {
		o.Fatalf("token create printed %q: %v", out, err)
	}
	return shown
}

// admits reports whether the token signs its user in, now.
func (o operator) admits(t shownToken) bool {
	o.Helper()
	user, token, err := o.store.SignIn(o.Context(), t.UserID, livechat.HashToken(t.AuthToken))
	if err != nil {
		o.Fatal(err)
	}
	return user.Active && token.Admits(t.AuthToken, livechat.At(time.Now()))
}
