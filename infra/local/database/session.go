package database

import (
	"fmt"
	"sync"
)

// ProcessAddress is the address of the proxy for one process. A process handles one event
// at a time, so all its calls belong to the current event.
type ProcessAddress struct {
	proxy    *Proxy
	function string
	prefix   string

	mu    sync.Mutex
	event *chain // nil while the process starts
	end   func() // kills the process; nil until the process has started
}

// Open returns the address for a new process of function.
func (p *Proxy) Open(function string) *ProcessAddress {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastNumber++
	l := &ProcessAddress{proxy: p, function: function, prefix: fmt.Sprintf("/%s/%d", function, p.lastNumber)}
	p.lines[l.prefix] = l
	return l
}

func (p *Proxy) line(prefix string) *ProcessAddress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines[prefix]
}

// Endpoint returns the address to set as AWS_ENDPOINT_URL_DYNAMODB.
func (l *ProcessAddress) Endpoint() string {
	return "http://" + l.proxy.listener.Addr().String() + l.prefix
}

// Begin starts counting for a new event.
func (l *ProcessAddress) Begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.event = new(chain)
}

// Owned sets the function that kills the process immediately, with no chance to clean up.
func (l *ProcessAddress) Owned(end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = end
}

func (l *ProcessAddress) kill() {
	l.mu.Lock()
	end := l.end
	l.mu.Unlock()
	if end != nil {
		end()
	}
}

// Counts returns the number of calls and of sequential round trips since Begin. Parallel
// calls are one round trip.
func (l *ProcessAddress) Counts() (calls, trips int) {
	return l.currentEvent().counts()
}

// Units returns the capacity that all calls since Begin consumed, as AWS bills it.
func (l *ProcessAddress) Units() (read, write float64) {
	read, write = l.currentEvent().units()
	return rounded(read), rounded(write)
}

// currentEvent returns the current event's calls. Before the first event, it returns a new
// chain each time, so that calls are not counted.
func (l *ProcessAddress) currentEvent() *chain {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.event == nil {
		return new(chain)
	}
	return l.event
}

// Close removes the address of an ended process.
func (l *ProcessAddress) Close() {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	delete(l.proxy.lines, l.prefix)
}
