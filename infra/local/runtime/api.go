package runtime

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxPayload is Lambda's limit for events and results.
const maxPayload = 6_291_556

// handler returns the handler of the Lambda Runtime API, version 2018-06-01.
func (i *instance) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", i.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", i.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", i.functionError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", i.initError)
	return mux
}

// next waits for an event and delivers it.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	i.setReady.Do(func() {
		i.init = time.Since(i.began)
		close(i.ready)
	})
	select {
	case v := <-i.events:
		i.deliver(w, v)
	case <-r.Context().Done():
	}
}

func (i *instance) deliver(w http.ResponseWriter, v *invocation) {
	i.mu.Lock()
	i.current = v
	i.mu.Unlock()
	i.line.Begin()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", v.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(v.timeout).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", i.o.Function.ARN)
	h.Set("Lambda-Runtime-Trace-Id", v.trace)
	// A failed write means that the process is ending, which await notices.
	_, _ = w.Write(v.event)
}

func (i *instance) response(w http.ResponseWriter, r *http.Request) {
	v := i.finish(w, r)
	if v == nil {
		return
	}
	payload, err := readPayload(w, r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		what := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxPayload)
		i.o.Log(v.id + " " + what)
		v.done <- v.failure(FunctionError, "Function.ResponseSizeTooLarge", what)
		answer(w, http.StatusRequestEntityTooLarge, `{"errorType":"RequestEntityTooLarge","errorMessage":"Exceeded maximum allowed payload size."}`)
		return
	}
	if err != nil {
		return // the process is ending, which await notices
	}
	v.done <- Outcome{Payload: payload}
	answer(w, http.StatusAccepted, `{"status":"OK"}`)
}

func (i *instance) functionError(w http.ResponseWriter, r *http.Request) {
	v := i.finish(w, r)
	if v == nil {
		return
	}
	payload, err := readPayload(w, r)
	if err != nil {
		return // as above
	}
	i.o.Log(v.id + " function error: " + firstLine(payload))
	v.done <- Outcome{Payload: payload, Failure: FunctionError}
	answer(w, http.StatusAccepted, `{"status":"OK"}`)
}

// initError only logs and acknowledges the error. The process then ends, and hand reports
// the failure.
func (i *instance) initError(w http.ResponseWriter, r *http.Request) {
	payload, err := readPayload(w, r)
	if err != nil {
		return // as above
	}
	i.o.Log("init error: " + firstLine(payload))
	answer(w, http.StatusAccepted, `{"status":"OK"}`)
}

// finish returns the current invocation and clears it. If the request's id is not that of
// the current invocation, finish writes an error answer and returns nil.
func (i *instance) finish(w http.ResponseWriter, r *http.Request) *invocation {
	i.mu.Lock()
	defer i.mu.Unlock()
	v := i.current
	if v == nil || v.id != r.PathValue("id") {
		answer(w, http.StatusBadRequest, `{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`)
		return nil
	}
	i.current = nil
	return v
}

func readPayload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // as in deliver
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
