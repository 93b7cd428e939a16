package cost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Kind is the kind of case that a measured request represents.
type Kind string

// The kinds.
const (
	Typical Kind = "typical"
	// Worst is the most expensive known case.
	Worst Kind = "worst"
	// Refused is a request that is refused.
	Refused Kind = "refused"
)

// Measured is a request and its cost.
type Measured struct {
	Route string
	Kind  Kind
	Case  string
	// Brought is the size of the request body in bytes.
	Brought int
	// SignedIn reports whether the caller is a user and not a visitor.
	SignedIn bool
	Answer
}

// recorder measures requests. After the first error, it keeps the error and measures
// nothing.
type recorder struct {
	*Client
	ctx context.Context

	all []Measured
	err error
}

// measure sends a request and records its cost. It replaces an earlier measurement of the
// same case.
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

// allows reports whether a request of the kind may be answered with the status. A worst
// case may also be refused, which only makes it cheaper.
func (k Kind) allows(status int) bool {
	switch k {
	case Typical:
		return status < 400
	case Refused:
		return status >= 400 && status < 500
	}
	return true
}

// route returns the route of the latest request.
func (c *Client) route(ctx context.Context) (string, error) {
	var all struct {
		Requests []struct{ Method, Path string }
	}
	if err := c.local(ctx, http.MethodGet, "requests", "", &all); err != nil {
		return "", err
	}
	if len(all.Requests) == 0 {
		return "", errors.New("the laptop cloud has recorded no request")
	}
	return all.Requests[0].Method + " " + all.Requests[0].Path, nil
}

// limited sends requests until a rate limit refuses one, and measures the refusal. If no
// limit applies, it measures nothing.
func (r *recorder) limited(request func(i int) Request) {
	const most = 150 // above the per-minute limit of every call
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

// visitor creates a new visitor who has posted a message.
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

// do sends a request that prepares a case, without measuring it.
func (r *recorder) do(request Request) Answer {
	if r.err != nil {
		return Answer{}
	}
	a, err := r.Done(r.ctx, request)
	r.keep(err, request.Method, request.Path)
	return a
}

// Missing returns the cloud's routes for which no case of the kind was measured.
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
