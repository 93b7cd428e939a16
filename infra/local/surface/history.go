package surface

import (
	"slices"
	"sync"

	"livechat/infra/local/gateway"
)

// kept is how many requests a person may want to scroll through.
const kept = 200

// History keeps the latest requests. Its zero value is empty.
type History struct {
	mu       sync.Mutex
	requests []gateway.Request // oldest first
}

// Add is told of each answered request.
func (h *History) Add(r gateway.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.requests) == kept {
		h.requests = slices.Delete(h.requests, 0, 1)
	}
	h.requests = append(h.requests, r)
}

// Latest returns them, the newest first.
func (h *History) Latest() []gateway.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	latest := append([]gateway.Request{}, h.requests...)
	slices.Reverse(latest)
	return latest
}
