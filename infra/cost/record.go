package cost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Kind is what a measured request stands for.
type Kind string

// The kinds.
const (
	Typical Kind = "typical"
	// Worst is the most expensive that somebody found.
	Worst Kind = "worst"
	// Refused is a request that gets nothing.
	Refused Kind = "refused"
)

// Measured is a request and what it cost.
type Measured struct {
	Route string
	Kind  Kind
	Case  string
	// Brought is the size of the request's body in bytes.
	Brought int
	// SignedIn is set for who is no visitor.
	SignedIn bool
	Answer
}

// recorder measures requests. Its first error is kept, and nothing is measured after it.
type recorder struct {
	*Client
	ctx context.Context

	all []Measured
	err error
}

// measure sends a request and records what it cost, in the place of what an equal case
// cost before.
func (r *recorder) measure(kind Kind, name string, request Request) Answer {
	if r.err != nil {
		return Answer{}
	}
	a, err := r.Call(r.ctx, request)
	if err == nil && !kind.allows(a.Status) {
		err = fmt.Errorf("%d %.300s", a.Status, a.Body)
	}
	m := Measured{Kind: kind, Case: name, Brought: len(request.Body), SignedIn: slices.Contains(request.Header, "X-User-Id"), Answer: a}
	if err == nil {
		m.Route, err = r.route(r.ctx)
	}
	r.keep(err, request.Method, request.Path, name)
	if i := slices.IndexFunc(r.all, func(o Measured) bool { return o.Route == m.Route && o.Kind == kind && o.Case == name }); i >= 0 {
		r.all[i] = m
		return a
	}
	r.all = append(r.all, m)
	return a
}

// allows reports whether a request of that kind may be answered so. The worst cases may
// be refused: that is what makes them cheap.
func (k Kind) allows(status int) bool {
	switch k {
	case Typical:
		return status < 400
	case Refused:
		return status >= 400 && status < 500
	}
	return true
}

// route is that of the latest request.
func (c *Client) route(ctx context.Context) (string, error) {
	var all struct {
		Requests []struct{ Method, Path string }
	}
	if err := c.local(ctx, http.MethodGet, "requests", "", &all); err != nil {
		return "", err
	}
	if len(all.Requests) == 0 {
		return "", errors.New("the laptop has recorded no request")
	}
	return all.Requests[0].Method + " " + all.Requests[0].Path, nil
}

// limited sends a request until a limit refuses it, and measures the refusal. A call
// that no limit refuses is not measured.
func (r *recorder) limited(request func(i int) Request) {
	const most = 150 // a minute, by any limit there is
	for i := range most {
		if r.err != nil {
			return
		}
		a, err := r.Call(r.ctx, request(i))
		r.keep(err, "limit")
		if a.Status == http.StatusTooManyRequests {
			r.measure(Refused, "over the limit", request(i))
			break
		}
	}
	if r.err == nil {
		r.keep(r.Advance(r.ctx, "1m"), "clock")
	}
}

// keep keeps the first error.
func (r *recorder) keep(err error, op ...string) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%v: %w", op, err)
	}
}

// visitor is a newcomer who has said something.
func (r *recorder) visitor() Visitor {
	if r.err != nil {
		return Visitor{}
	}
	v, err := r.newcomer(r.ctx, map[string]any{"name": "Ada Lovelace"})
	if err == nil {
		_, err = r.Say(r.ctx, &v, "Do you ship to Lisbon, and for how much?")
	}
	r.keep(err, "a visitor")
	return v
}

// do prepares a case.
func (r *recorder) do(request Request) Answer {
	if r.err != nil {
		return Answer{}
	}
	a, err := r.Done(r.ctx, request)
	r.keep(err, request.Method, request.Path)
	return a
}

// Missing returns the routes of the cloud that have no measured case of the kind.
func (c *Client) Missing(ctx context.Context, all []Measured, kind Kind) ([]string, error) {
	var cloud struct{ Functions []struct{ Routes []string } }
	if err := c.local(ctx, http.MethodGet, "functions", "", &cloud); err != nil {
		return nil, err
	}
	var missing []string
	for _, f := range cloud.Functions {
		for _, route := range f.Routes {
			if !slices.ContainsFunc(all, func(m Measured) bool { return m.Route == route && m.Kind == kind }) {
				missing = append(missing, route)
			}
		}
	}
	return missing, nil
}
