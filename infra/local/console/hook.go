package console

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// WebhookSink keeps the deliveries to the laptop's webhook sink. Its zero value is empty.
type WebhookSink struct {
	mu         sync.Mutex
	deliveries []Delivery
}

// Delivery is one request to the sink.
type Delivery struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	// Headers maps lower-case names to values. The values of repeated headers are joined.
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	At      string            `json:"at"`
}

const (
	// keptDeliveries is the number of deliveries that the sink keeps.
	keptDeliveries = 1000
	// maxDelivery is the maximum size of a delivery in bytes.
	maxDelivery = 1 << 20
)

// takeHook stores a delivery and answers 204. To simulate a failing receiver, ?status=
// sets another status.
func (s *handlers) takeHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDelivery))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "a delivery must not exceed 1 MiB")
		return
	}
	d := Delivery{Method: r.Method, Path: r.URL.Path, Headers: map[string]string{}, Body: string(body), At: formatTime(s.options.Clock.Now())}
	for name, values := range r.Header {
		d.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	s.options.Hook.add(d)
	status, err := strconv.Atoi(r.URL.Query().Get("status"))
	if err != nil || status < 200 || status > 599 {
		status = http.StatusNoContent
	}
	if status >= 300 && status < 400 {
		w.Header().Set("Location", r.URL.RequestURI())
	}
	w.WriteHeader(status)
}

func (h *WebhookSink) add(d Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deliveries = append(h.deliveries, d)
	h.deliveries = h.deliveries[max(0, len(h.deliveries)-keptDeliveries):]
}

func (h *WebhookSink) all() []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Delivery{}, h.deliveries...)
}

func (s *handlers) hooks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"deliveries": s.options.Hook.all()})
}

func (s *handlers) dropHooks(w http.ResponseWriter, _ *http.Request) {
	s.options.Hook.mu.Lock()
	s.options.Hook.deliveries = nil
	s.options.Hook.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}
