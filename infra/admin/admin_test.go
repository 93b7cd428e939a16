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

// operator runs commands against one table.
type operator struct {
	*testing.T
	store *store.Store
	raw   storetest.Raw
}

// answer is the output and exit code of a command.
type answer struct {
	stdout, stderr string
	code           int
}

// newOperator returns an operator with an empty table. TABLE_NAME and the environment's
// endpoint lead to the table.
func newOperator(t *testing.T) operator {
	t.Helper()
	s, raw := storetest.NewWithClient(t)
	forgetAWS(t)
	t.Setenv("TABLE_NAME", raw.Table)
	return operator{t, s, raw}
}

// forgetAWS removes the test machine's AWS configuration, except the emulator's endpoint.
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

// typeAndAnswer runs a command with input on its stdin.
func typeAndAnswer(t *testing.T, input string, args ...string) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(input), &stdout, &stderr)
	return answer{stdout.String(), stderr.String(), code}
}

// do runs a command that must succeed, and returns its stdout.
func (o operator) do(args ...string) string {
	o.Helper()
	a := typeIn(o.T, args...)
	if a.code != exitDone {
		o.Fatalf("admin %q exited with %d: %s", args, a.code, a.stderr)
	}
	return a.stdout
}

// doJSON runs a command with --json that must succeed, and decodes its stdout.
func (o operator) doJSON(into any, args ...string) {
	o.Helper()
	out := o.do(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		o.Fatalf("admin %q did not print JSON: %v\n%s", args, err, out)
	}
}

// refuse runs a command that must fail with nothing on stdout and one line on stderr that
// contains all the words.
func (o operator) refuse(code int, words []string, args ...string) {
	o.Helper()
	expectRefusal(o.T, typeIn(o.T, args...), code, words...)
}

func expectRefusal(t *testing.T, a answer, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("exit code %d, want %d", a.code, code)
	}
	if a.stdout != "" {
		t.Errorf("printed %q on stdout, want nothing", a.stdout)
	}
	if !strings.HasPrefix(a.stderr, "admin: ") || strings.Count(a.stderr, "\n") != 1 || !strings.HasSuffix(a.stderr, "\n") {
		t.Errorf("stderr is not one line that starts with admin: %q", a.stderr)
	}
	for _, word := range words {
		if !strings.Contains(a.stderr, word) {
			t.Errorf("stderr %q does not contain %q", a.stderr, word)
		}
	}
	for _, dump := range []string{"operation error", "https response", "RequestID", "goroutine"} {
		if strings.Contains(a.stderr, dump) {
			t.Errorf("stderr contains the SDK's wording %q: %s", dump, a.stderr)
		}
	}
}

// createUser creates a user and returns the printed output.
func (o operator) createUser(username string, flags ...string) shownToken {
	o.Helper()
	var shown shownToken
	out := o.do(append([]string{"user", "create", "--username", username}, flags...)...)
	if err := json.Unmarshal([]byte(out), &shown); err != nil {
		o.Fatalf("user create printed %q: %v", out, err)
	}
	return shown
}

// createToken creates a token and returns the printed output.
func (o operator) createToken(userID string, flags ...string) shownToken {
	o.Helper()
	var shown shownToken
	out := o.do(append([]string{"token", "create", userID}, flags...)...)
	if err := json.Unmarshal([]byte(out), &shown); err != nil {
		o.Fatalf("token create printed %q: %v", out, err)
	}
	return shown
}

// admits reports whether the token signs its user in now.
func (o operator) admits(t shownToken) bool {
	o.Helper()
	user, token, err := o.store.SignIn(o.Context(), t.UserID, livechat.HashToken(t.AuthToken))
	if err != nil {
		o.Fatal(err)
	}
	return user.Active && token.Admits(t.AuthToken, livechat.At(time.Now()))
}
