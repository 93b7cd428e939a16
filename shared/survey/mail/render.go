package mail

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

// Message is a rendered mail.
type Message struct{ Subject, Text, HTML string }

//go:embed mail.html
var page string

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("mail").Parse(page)
})

// view is the data of the page's template.
type view struct {
	Language, Subject, Greeting, Intro, Ask, Worst, Best, Button, Until, Stop, Sender string
	// Link leads to the page in the mail's language.
	Link                 string
	Logo, Color, OnColor string
	Stars                []string
}

// Render renders the delivery's message.
func Render(d survey.Delivery) (Message, error) {
	t, ok := texts[d.Language]
	if !ok {
		t, d.Language = texts[settings.Languages[0]], settings.Languages[0]
	}
	sender := oneLine(d.Settings.Sender, maxSender)
	v := view{
		Language: d.Language, Sender: sender, Link: d.Link + "?lang=" + d.Language, Stars: []string{"1", "2", "3", "4", "5"},
		Logo: d.Brand.LogoURL, Color: d.Brand.Color, OnColor: d.Brand.TextColor(),
		Subject: fmt.Sprintf(t.subject, sender), Greeting: t.helloAll, Intro: fmt.Sprintf(t.intro, sender),
		Ask: t.ask, Worst: t.worst, Best: t.best, Button: t.button,
		Until: fmt.Sprintf(t.until, t.date(d.Survey.ExpiresAt.Time())), Stop: t.stop,
	}
	if d.Kind == livechat.Reminder {
		v.Subject, v.Intro = fmt.Sprintf(t.reminderSubject, sender), fmt.Sprintf(t.reminderIntro, sender)
	}
	if name := greeted(d.Visitor.Name); name != "" {
		v.Greeting = fmt.Sprintf(t.hello, name)
	}
	parsed, err := pageTemplate()
	if err != nil {
		return Message{}, err
	}
	var html strings.Builder
	if err := parsed.Execute(&html, v); err != nil {
		return Message{}, fmt.Errorf("render mail: %w", err)
	}
	return Message{Subject: v.Subject, Text: v.text(), HTML: html.String()}, nil
}

func (v view) text() string {
	return strings.Join([]string{
		v.Greeting, v.Intro, v.Ask + "\n" + v.Link, v.Until, v.Stop, v.Sender,
	}, "\n\n") + "\n"
}

// words are the mail's texts in one language. A %s is a name or a date.
type words struct {
	// helloAll greets a visitor without a usable name.
	hello, helloAll, subject, reminderSubject, intro, reminderIntro string
	ask, worst, best, button, until, stop                           string
	months                                                          []string
	dateForm                                                        string
	// first is the language's form of the first day of a month, for example 1er.
	first string
}

// date formats a day for the language.
func (w words) date(t time.Time) string {
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 {
		day = w.first
	}
	return strings.NewReplacer("D", day, "M", w.months[t.Month()-1], "Y", fmt.Sprint(t.Year())).Replace(w.dateForm)
}
