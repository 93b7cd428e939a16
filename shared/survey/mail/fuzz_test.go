package mail

import (
	"strings"
	"testing"

	"livechat/shared/livechat"
)

// FuzzNames checks that no name of a visitor or sender can add a line to a mail's header or
// an element to its page.
func FuzzNames(f *testing.F) {
	f.Add("Mary", "Example Ltd")
	f.Add("a\r\nBcc: b@c.example", "x\ny")
	f.Add("<img src=x onerror=alert(1)>", "\"></a><script>alert(1)</script>")
	f.Add("\u202ecom.example", "\xff\x00")
	plain, err := Render(delivery("en", livechat.Invitation))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, sender string) {
		d := delivery("en", livechat.Invitation)
		d.Visitor.Name, d.Settings.Sender = name, sender
		m := render(t, d)
		if strings.ContainsAny(m.Subject, "\r\n\x00") {
			t.Errorf("subject %q", m.Subject)
		}
		if got, want := strings.Count(m.HTML, "<"), strings.Count(plain.HTML, "<"); got != want {
			t.Errorf("the page has %d elements, want %d: %s", got, want, m.HTML)
		}
	})
}
