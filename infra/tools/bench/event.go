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

// eventOf returns the event that the HTTP API creates for a request at the given time. It
// sends the request through the laptop's gateway and captures the event that the gateway
// passes to Invoke.
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

// unread discards an HTTP answer.
type unread http.Header

func (u unread) Header() http.Header            { return http.Header(u) }
func (u unread) Write(body []byte) (int, error) { return len(body), nil }
func (u unread) WriteHeader(int)                {}

// mustSucceed returns an error unless the function answered with success. A failed call
// takes less time and would distort the measurement.
func mustSucceed(out runtime.Outcome) error {
	var answer struct {
		StatusCode int `json:"statusCode"`
	}
	if out.Failure != "" {
		return fmt.Errorf("%s: %s", out.Failure, out.Payload)
	}
	if err := json.Unmarshal(out.Payload, &answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the call failed: %s", out.Payload)
	}
	return nil
}
