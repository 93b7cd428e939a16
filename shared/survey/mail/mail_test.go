package mail

import (
	"encoding/xml"
	"errors"
	"flag"
	"html"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

var update = flag.Bool("update", false, "rewrite the mails in testdata")

func delivery(language, kind string) survey.Delivery {
	return survey.Delivery{
		ID: "survey_1", Kind: kind, Language: language, Link: "https://chat.example.com/s/code",
		Survey:   livechat.Survey{ExpiresAt: livechat.At(time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC))},
		Visitor:  livechat.Visitor{Name: "Mary", Emails: []livechat.Email{{Address: "mary@example.com"}}},
		Settings: settings.Delivery{Sender: "Müller & Co", MailFrom: "chat@example.com"},
		Brand:    settings.Brand{Color: settings.DefaultSurveyColor},
	}
}

func render(t *testing.T, d survey.Delivery) Message {
	t.Helper()
	m, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMailsAreThoseOfTestdata compares every mail with testdata, where people can read it
// or open it in a browser.
func TestMailsAreThoseOfTestdata(t *testing.T) {
	for _, language := range settings.Languages {
		for _, kind := range []string{livechat.Invitation, livechat.Reminder} {
			m := render(t, delivery(language, kind))
			for file, got := range map[string]string{
				language + "-" + kind + ".txt":  m.Subject + "\n\n" + m.Text,
				language + "-" + kind + ".html": m.HTML,
			} {
				path := filepath.Join("testdata", file)
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			}
		}
	}
}

func TestEveryMailSaysAllThereIsToSay(t *testing.T) {
	seen := map[string]bool{}
	for _, language := range settings.Languages {
		value := reflect.ValueOf(texts[language])
		for i := range value.NumField() {
			if value.Field(i).IsZero() {
				t.Errorf("%s has no %s", language, value.Type().Field(i).Name)
			}
		}
		for _, kind := range []string{livechat.Invitation, livechat.Reminder} {
			m := render(t, delivery(language, kind))
			if seen[m.Subject] {
				t.Errorf("two mails have the subject %q", m.Subject)
			}
			seen[m.Subject] = true
			page := html.UnescapeString(m.HTML)
			for _, said := range []string{"Mary", "Müller & Co", "2026", "https://chat.example.com/s/code", texts[language].stop} {
				if !strings.Contains(m.Text, said) || !strings.Contains(page, said) {
					t.Errorf("%s %s does not contain %s", language, kind, said)
				}
			}
			if strings.Contains(m.Subject+m.Text+m.HTML, "%!") {
				t.Errorf("%s %s has a bad placeholder:\n%s", language, kind, m.Text)
			}
			if !strings.Contains(m.HTML, `<html lang="`+language+`">`) {
				t.Errorf("%s %s has the wrong language or none", language, kind)
			}
		}
	}
}

// TestMailLoadsNothing checks that a mail loads nothing unless the operator has set a logo,
// because a load reveals when and where the mail was read.
func TestMailLoadsNothing(t *testing.T) {
	page := render(t, delivery("en", livechat.Invitation)).HTML
	for _, wrong := range []string{"<img", "src=", "url(", "<link", "<script", "@import", "background="} {
		if strings.Contains(page, wrong) {
			t.Errorf("the mail contains %s", wrong)
		}
	}
	links := regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1)
	var got []string
	for _, l := range links {
		got = append(got, l[1])
	}
	const link = "https://chat.example.com/s/code"
	var want []string
	for _, score := range []string{"&amp;score=1", "&amp;score=2", "&amp;score=3", "&amp;score=4", "&amp;score=5", ""} {
		want = append(want, link+"?lang=en"+score)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestMailHasTheBrand(t *testing.T) {
	d := delivery("en", livechat.Invitation)
	d.Brand = settings.Brand{LogoURL: "https://cdn.example/a&b.png", Color: "#ffcc00"}
	page := render(t, d).HTML
	for _, part := range []string{`<img src="https://cdn.example/a&amp;b.png" alt=""`, "background:#ffcc00;color:#000000", "border-top:6px solid #ffcc00"} {
		if !strings.Contains(page, part) {
			t.Errorf("the mail lacks %s:\n%s", part, page)
		}
	}
}

func TestDaysAreWrittenAsPeopleDo(t *testing.T) {
	first, other := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	for language, want := range map[string][2]string{
		"en": {"1 March 2027", "31 December 2026"}, "de": {"1. März 2027", "31. Dezember 2026"},
		"fr": {"1er mars 2027", "31 décembre 2026"}, "es": {"1 de marzo de 2027", "31 de diciembre de 2026"},
		"pt": {"1º de março de 2027", "31 de dezembro de 2026"},
	} {
		if got := [2]string{texts[language].date(first), texts[language].date(other)}; got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
}

func TestUnknownLanguageIsTheFirst(t *testing.T) {
	if got, want := render(t, delivery("xx", livechat.Invitation)), render(t, delivery("en", livechat.Invitation)); got != want {
		t.Errorf("%q", got.Subject)
	}
}

func TestWhoIsGreeted(t *testing.T) {
	for name, want := range map[string]string{
		"Mary": "Hello Mary,", "": "Hello,", " \t\n": "Hello,", " Mary ": "Hello Mary,", "玛丽": "Hello 玛丽,", "佐々木": "Hello 佐々木,",
		"Mary O’Neil-Smith": "Hello Mary O’Neil-Smith,", "D'Arcy": "Hello D'Arcy,", "Anne‐Marie": "Hello Anne‐Marie,",
		"Jose\u0301": "Hello Jose\u0301,", "प्रिया": "Hello प्रिया,", "أحمد": "Hello أحمد,",
		strings.Repeat("é", 40): "Hello " + strings.Repeat("é", 40) + ",", strings.Repeat("é", 41): "Hello,", strings.Repeat("x", 5000): "Hello,",
		"-": "Hello,", "' - ’": "Hello,", "\u0301": "Hello,",
		// Addresses, and texts that a mail program or a reader takes for an address.
		"http://1.2": "Hello,", "www.evil.example": "Hello,", "win at evil.example": "Hello,", "a@b": "Hello,", "(пример.рф)": "Hello,",
		"J.R.": "Hello,", "evil。com": "Hello,", "evil．com": "Hello,", "evil․com": "Hello,", "evilꓸcom": "Hello,", "evil·com": "Hello,",
		"evil\U0001d16dcom": "Hello,", "evil\ua78fcom": "Hello,", "evil\u1427com": "Hello,", "evil \u0323com": "Hello,", "evil -\u0323com": "Hello,",
		"Nguye\u0302\u0303n": "Hello Nguye\u0302\u0303n,", "evil,com": "Hello,", "evil:8080": "Hello,", "call 0800": "Hello,", "٠١٢": "Hello,", "Ⅷ": "Hello,", "ｅｖｉｌ．ｃｏｍ": "Hello,",
		// Bidirectional controls and invisible characters.
		"Ma\u202ery": "Hello,", "Ma\u2066ry": "Hello,", "Ma\u200bry": "Hello,", "Ma\u200dry": "Hello,", "Ma\u00adry": "Hello,", "\ufeffMary\ufeff": "Hello,",
		"Ma\u00a0ry": "Hello,", "Mary\u2028Bcc": "Hello,", "Mary\nBcc": "Hello,", "Ma\x00ry\x1b[2J": "Hello,", "a\xffb": "Hello,",
		"<b>Mary</b>": "Hello,", "Mary & Ann": "Hello,", "{{.Link}}": "Hello,", "%s": "Hello,", "Mary 🎉": "Hello,", "Mary!": "Hello,", "Mary_Ann": "Hello,",
	} {
		d := delivery("en", livechat.Invitation)
		d.Visitor.Name = name
		if got, _, _ := strings.Cut(render(t, d).Text, "\n"); got != want {
			t.Errorf("%q is greeted with %q, want %q", name, got, want)
		}
	}
}

func TestNamesCannotBreakTheMail(t *testing.T) {
	plain := elements(t, render(t, delivery("en", livechat.Invitation)).HTML)
	lines := strings.Count(render(t, delivery("en", livechat.Invitation)).Text, "\n")
	for _, name := range []string{
		"<script>alert(1)", "a\r\nBcc: all", strings.Repeat("x", 5000), strings.Repeat("é", 5000), "\x00\xff\x1b", `"><img src=x>`,
		"a\nb\u2028c\u0085d", "'; DROP", "{{.Link}}", "%s%d%!", "&lt;b&gt;", "<!--", "a\u202eb\u2066c",
	} {
		d := delivery("en", livechat.Invitation)
		d.Visitor.Name, d.Settings.Sender = name, name
		m := render(t, d)
		if strings.ContainsFunc(m.Subject, func(r rune) bool { return r < ' ' || r == '\u2028' || r == '\u0085' || r == '\u202e' }) ||
			!utf8.ValidString(m.Subject+m.Text+m.HTML) || len(m.Subject) > 300 {
			t.Errorf("%.20q: subject %q", name, m.Subject)
		}
		if got := strings.Count(m.Text, "\n"); got != lines {
			t.Errorf("%.20q: %d lines, want %d", name, got, lines)
		}
		if diff := cmp.Diff(plain, elements(t, m.HTML)); diff != "" {
			t.Errorf("%.20q changes the page's elements:\n%s", name, diff)
		}
	}
}

// elements returns the page's elements with their attributes.
func elements(t *testing.T, page string) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			text := token.Name.Local
			for _, a := range token.Attr {
				text += " " + a.Name.Local + "=" + a.Value
			}
			all = append(all, text)
		case xml.Comment:
			all = append(all, "comment")
		}
	}
}
