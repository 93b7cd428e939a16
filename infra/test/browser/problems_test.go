package browser

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// problems collects errors in a page's console, and failed requests.
type problems struct {
	lock  sync.Mutex
	found []string
	urls  map[network.RequestID]string
}

// watch collects the problems of all pages that the context opens from now on.
func watch(t *testing.T, ctx context.Context) *problems {
	t.Helper()
	p := &problems{urls: map[network.RequestID]string{}}
	chromedp.ListenTarget(ctx, p.hear)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable()); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *problems) hear(event any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.urls[e.RequestID] = e.Request.Method + " " + e.Request.URL
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.add("%d %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		// A request that is cancelled by leaving the page is not a failure.
		if !e.Canceled {
			p.add("%s: %s%s", p.urls[e.RequestID], e.ErrorText, corsError(e))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			p.add("%s (%s)", e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			p.add("console: %s", said(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.add("%s", e.ExceptionDetails.Error())
	}
}

func (p *problems) add(format string, a ...any) {
	if problem := fmt.Sprintf(format, a...); !slices.Contains(p.found, problem) {
		p.found = append(p.found, problem)
	}
}

func corsError(e *network.EventLoadingFailed) string {
	if e.CorsErrorStatus == nil {
		return ""
	}
	return " " + e.CorsErrorStatus.CorsError.String()
}

func said(arguments []*runtime.RemoteObject) (text string) {
	for _, a := range arguments {
		text += string(a.Value) + a.Description + " "
	}
	return text
}

// want fails unless each problem matches one of the harmless patterns.
func (p *problems) want(t *testing.T, harmless ...string) {
	t.Helper()
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, problem := range p.found {
		if !slices.ContainsFunc(harmless, func(pattern string) bool { return regexp.MustCompile(pattern).MatchString(problem) }) {
			t.Errorf("the browser reports: %s", problem)
		}
	}
}
