package livechat_test

import (
	"strings"
	"testing"

	"livechat/shared/livechat"
)

func FuzzTime(f *testing.F) {
	for _, text := range []string{"2026-11-25T12:00:00.000Z", "2026-11-25T12:00:00+02:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "2026-02-30T00:00:00Z", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var read, again livechat.Time
		if read.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(read.String())); err != nil || again != read {
			t.Errorf("%q is read as %s, which is read as %s (%v)", text, read, again, err)
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add(livechat.NewCode())
	f.Add(strings.Repeat("A", 32))
	f.Add(strings.Repeat("=", 32))
	f.Fuzz(func(t *testing.T, text string) {
		if livechat.CanBeCode(text) && (len(text) < 32 || strings.ContainsAny(text, "/+=?#% ")) {
			t.Errorf("%q can be a code", text)
		}
	})
}

func FuzzQuestions(f *testing.F) {
	for _, text := range []string{
		`[{"name":"satisfaction","type":"stars","label":"How was it?"}]`, `[]`, `{}`, `[{"name":"a","type":"text"},{"name":"a","type":"text"}]`,
		`[{"name":"a.b","type":"choice","choices":["x","x"]}]`, `[{"name":"<script>","type":"stars","label":"<b>"}]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		questions, err := livechat.ReadQuestions(text)
		if err == nil && len(questions) == 0 {
			t.Errorf("%q has no questions, but no error", text)
		}
	})
}

func FuzzRegistration(f *testing.F) {
	f.Add("token", "a@b.example", "guest-1")
	f.Add("", "a@b", "x")
	f.Add("t", "a@b.example\r\nBcc: c@d.example", "\u202e")
	f.Add("t", "\"a b\"@c.example", "guest-00")
	f.Fuzz(func(t *testing.T, token, email, username string) {
		said := livechat.Registration{Token: token, Email: email, Username: username}
		if said.Check() != nil {
			return
		}
		v, err := said.Apply(livechat.NewVisitor("id", token, 1), nil, 1)
		if err != nil {
			return
		}
		if len(v.Emails) > 0 && strings.ContainsAny(v.Emails[0].Address, "\r\n,;<> \x00") {
			t.Errorf("%q is kept as the address %q", email, v.Emails[0].Address)
		}
	})
}
