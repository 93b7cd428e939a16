package process

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"livechat/infra/local/template"
)

// result is the process's answer to its event.
type result struct {
	payload []byte
	failed  bool
	at      time.Time
}

// requestID is the id of all events. It need not be unique, because a process has one
// event at a time.
const requestID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"

// handler returns a handler of those calls of the Lambda Runtime API, version 2018-06-01,
// that a working function needs.
func (p *Process) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.answered(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.answered(true))
	// The process ends after this call, and Process.Call then reports the process's
	// output.
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

// next waits for an event and delivers it.
func (p *Process) next(w http.ResponseWriter, r *http.Request) {
	p.setAsked.Do(func() { p.asked = time.Now() })
	select {
	case event := <-p.events:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", requestID)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(p.o.Function.Timeout).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", template.FunctionARN(p.o.Function.ID))
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0")
		// A failed write means that the process is ending, which Call notices.
		_, _ = w.Write(event)
	case <-r.Context().Done():
	}
}

func (p *Process) answered(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		at := time.Now()
		if err != nil {
			return // the process is ending, which Call notices
		}
		p.answers <- result{payload: payload, failed: failed, at: at}
		w.WriteHeader(http.StatusAccepted)
	}
}
