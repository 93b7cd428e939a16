package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"livechat/infra/local/gateway"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// eventOf is what the HTTP API makes of a request that comes at that time: the laptop's
// gateway is asked, and listened to at the point where it would run a function.
func eventOf(r *http.Request, routes []template.Route, at time.Time) ([]byte, error) {
	var made []byte
	g := gateway.New(gateway.Options{
		Routes: routes,
		Now:    func() time.Time { return at },
		Invoke: func(_ context.Context, _ string, event []byte) runtime.Outcome {
			made = event
			return runtime.Outcome{Failure: runtime.NotRun}
		},
		Record: func(gateway.Request) {},
	})
	g.ServeHTTP(unread{}, r)
	if made == nil {
		return nil, fmt.Errorf("the template has no route for %s %s", r.Method, r.URL.Path)
	}
	return made, nil
}

// unread is an HTTP answer that nobody is interested in.
type unread http.Header

func (u unread) Header() http.Header            { return http.Header(u) }
func (u unread) Write(body []byte) (int, error) { return len(body), nil }
func (u unread) WriteHeader(int)                {}

// mustSucceed refuses an answer that is not a success: a failure is quick, and
// would be measured as one.
func mustSucceed(payload []byte) error {
	var answer struct {
		StatusCode int `json:"statusCode"`
	}
	if err := json.Unmarshal(payload, &answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it did not succeed: %s", payload)
	}
	return nil
}
