package console

import (
	"slices"
	"sync"

	"livechat/infra/local/gateway"
)

// kept is the number of requests that the history keeps.
const kept = 200

// History keeps the latest requests, and the latest requests whose answers do not match
// the API description. Its zero value is empty.
type History struct {
	mu          sync.Mutex
	requests    []gateway.Request // oldest first
	undescribed []gateway.Request
}

// Add records an answered request.
func (h *History) Add(r gateway.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = keep(h.requests, r)
	if r.SpecMismatch != "" {
		h.undescribed = keep(h.undescribed, r)
	}
}

func keep(requests []gateway.Request, r gateway.Request) []gateway.Request {
	if len(requests) == kept {
		requests = slices.Delete(requests, 0, 1)
	}
	return append(requests, r)
}

// Undescribed returns the requests whose answers do not match the API description, the
// newest first.
func (h *History) Undescribed() []gateway.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return newestFirst(h.undescribed)
}

// Latest returns the latest requests, the newest first.
func (h *History) Latest() []gateway.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return newestFirst(h.requests)
}

func newestFirst(requests []gateway.Request) []gateway.Request {
	latest := append([]gateway.Request{}, requests...)
	slices.Reverse(latest)
	return latest
}
