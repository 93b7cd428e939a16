// Package gateway is the HTTP API in front of the functions. It imitates API Gateway's
// HTTP API with payload format 2.0, including routes, throttles, events, answers, CORS
// and limits. Other packages run the functions and serve the laptop's own pages.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// The HTTP API's limits for a request body and for the time to answer, and Lambda's limit
// for an event.
const (
	maxBody  = 10 << 20
	maxEvent = 6_291_556
	patience = 30 * time.Second
)

// Options configures a gateway.
type Options struct {
	Routes []template.Route
	CORS   *template.CORS // if nil, CORS is disabled
	// Now returns the time to put into events.
	Now func() time.Time
	// Invoke passes an event to a function.
	Invoke func(ctx context.Context, function string, event []byte) runtime.Outcome
	// Record is called with each request after it is answered.
	Record func(Request)
	// Described returns an error if a function's answer does not match the API
	// description. If there is no description, Described is nil.
	Described func(method, path string, status int, header http.Header, body []byte) error
}

// Request describes an answered request, without the query and the path parameters,
// because they may be secrets.
type Request struct {
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	Path     string    `json:"path"` // the route's path with its {names}, or the request's path if no route matches
	Status   int       `json:"status"`
	Function string    `json:"function"`
	Millis   float64   `json:"ms"`
	Calls    int       `json:"calls"`
	Trips    int       `json:"trips"`
	// ReadUnits and WriteUnits are the capacity that the database calls consumed.
	ReadUnits  float64 `json:"readUnits"`
	WriteUnits float64 `json:"writeUnits"`
	Cold       bool    `json:"cold"`
	// SpecMismatch describes how the answer differs from the API description.
	SpecMismatch string `json:"undescribed,omitempty"`
}

// Gateway implements http.Handler.
type Gateway struct {
	o       Options
	routes  routes
	buckets buckets
}

// New returns a gateway.
func New(o Options) *Gateway {
	return &Gateway{o: o, routes: newRoutes(o.Routes), buckets: newBuckets(o.Routes)}
}

// ServeHTTP answers one request and records it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	done := Request{Time: g.o.Now(), Method: r.Method, Path: r.URL.Path}
	done.Status = g.serve(w, r, &done)
	done.Millis = float64(time.Since(began).Microseconds()) / 1000
	g.o.Record(done)
}

// serve answers the request and returns the status.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, done *Request) int {
	id := requestID()
	w.Header().Set("Apigw-Requestid", id)
	if g.o.CORS != nil && isPreflight(r) {
		allow(w.Header(), r, *g.o.CORS, true)
		w.WriteHeader(http.StatusNoContent)
		return http.StatusNoContent
	}
	if g.o.CORS != nil {
		allow(w.Header(), r, *g.o.CORS, false)
	}
	m, ok := g.routes.match(r.Method, r.URL.EscapedPath())
	if !ok {
		done.Path = g.routes.masked(r.URL.Path, r.URL.EscapedPath())
		return refuse(w, http.StatusNotFound, "Not Found")
	}
	done.Function, done.Path = m.route.Function, m.route.Path
	if !g.buckets.letThrough(m.route) {
		return refuse(w, http.StatusTooManyRequests, "Too Many Requests")
	}

	event, err := g.event(w, r, m, id)
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) || len(event) > maxEvent {
		return refuse(w, http.StatusRequestEntityTooLarge, "Request Too Long")
	}
	if err != nil {
		return refuse(w, http.StatusBadRequest, "Bad Request")
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	out := g.o.Invoke(ctx, m.route.Function, event)
	done.Calls, done.Trips, done.Cold = out.Calls, out.Trips, out.Cold
	done.ReadUnits, done.WriteUnits = out.ReadUnits, out.WriteUnits
	describe(w.Header(), m.route.Function, out)
	return g.write(w, out, done)
}

func (g *Gateway) event(w http.ResponseWriter, r *http.Request, m match, id string) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	return json.Marshal(newEvent(r, m, body, id, g.o.Now()))
}

func (g *Gateway) write(w http.ResponseWriter, out runtime.Outcome, done *Request) int {
	if out.Failure == runtime.NotRun {
		return refuse(w, http.StatusServiceUnavailable, "Service Unavailable")
	}
	if out.Failure != "" {
		return refuse(w, http.StatusInternalServerError, "Internal Server Error")
	}
	a, err := readAnswer(out.Payload)
	if err != nil {
		return refuse(w, http.StatusInternalServerError, "Internal Server Error")
	}
	if g.o.Described != nil {
		if err := g.o.Described(done.Method, done.Path, a.status, a.header, a.body); err != nil {
			done.SpecMismatch = err.Error()
		}
	}
	a.write(w, g.o.CORS != nil)
	return a.status
}

// describe adds the laptop cloud's own headers.
func describe(h http.Header, function string, out runtime.Outcome) {
	h.Set("X-Local-Function", function)
	h.Set("X-Local-Db-Calls", strconv.Itoa(out.Calls))
	h.Set("X-Local-Db-Trips", strconv.Itoa(out.Trips))
	h.Set("X-Local-Db-Read-Units", strconv.FormatFloat(out.ReadUnits, 'f', -1, 64))
	h.Set("X-Local-Db-Write-Units", strconv.FormatFloat(out.WriteUnits, 'f', -1, 64))
	if out.Cold {
		h.Set("X-Local-Cold", "1")
	}
}

// refuse answers with the gateway's own message.
func refuse(w http.ResponseWriter, status int, message string) int {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"message":`+strconv.Quote(message)+`}`) // the client may be gone
	return status
}
