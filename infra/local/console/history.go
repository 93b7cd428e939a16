package console

import (
	"slices"
	"sync"

	"livechat/infra/local/gateway"
)

// maxHistory is how many requests the history keeps of each kind.
const maxHistory = 200

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
	h.requests = appendLatest(h.requests, r)
	if r.SpecMismatch != "" {
		h.undescribed = appendLatest(h.undescribed, r)
	}
}

func appendLatest(requests []gateway.Request, r gateway.Request) []gateway.Request {
	if len(requests) == maxHistory {
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
