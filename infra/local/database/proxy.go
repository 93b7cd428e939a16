// Package database stands between the functions and DynamoDB. Inside: an
// address for each process, what a call does in IAM's terms, the calls of each
// event counted, the capacity that they consume by event and by partition key,
// transactions answered when they are committed, and the faults that befall calls. Not inside: tables and data;
// starting a database; who may do what, see package iam; which calls fail, see
// package fault.
package database

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"livechat/infra/local/fault"
	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// Options of a proxy.
type Options struct {
	// Endpoint is the database's address.
	Endpoint string
	// Tables are the template's: policies may speak of their keys.
	Tables []template.Table
	// Roles say what each function may do.
	Roles *iam.Roles
	// Down says that no call shall reach the database, which may have come back
	// without its tables; nil is never.
	Down func() bool
	// OnDisk says that what the database has committed outlives it: a transaction is
	// answered when it is committed.
	OnDisk bool
	// Faults befall the calls; nil is none.
	Faults *fault.List
	// Transport carries the calls to the database; nil is plain HTTP.
	Transport http.RoundTripper
	// Log gets a line when the database is gone.
	Log func(line string)
}

// Proxy is the functions' way to the database.
type Proxy struct {
	o        Options
	target   *url.URL
	keys     keyNames
	images   *images
	tally    tally
	listener net.Listener
	server   *http.Server
	gone     atomic.Bool // said already

	mu    sync.Mutex
	lines map[string]*Line // by path prefix
	last  int
}

// Start listens on a free port of the loopback.
func Start(o Options) (*Proxy, error) {
	target, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
	}
	p := &Proxy{o: o, target: target, keys: keysOf(o.Tables), images: newImages(o.Tables), lines: map[string]*Line{}}
	if o.Transport == nil {
		p.o.Transport = plainHTTP()
	}
	p.listener, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for database calls: %w", err)
	}
	p.server = &http.Server{Handler: p}
	go func() { _ = p.server.Serve(p.listener) }() // ends by Close
	return p, nil
}

// Close ends the proxy.
func (p *Proxy) Close() { p.server.Close() }

// plainHTTP keeps as many connections as processes may hold, and leaves bodies
// as they are: the SDK checks their checksum.
func plainHTTP() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	t.DisableCompression = true
	t.MaxIdleConnsPerHost = 256
	t.MaxIdleConns = 0
	return t
}

const (
	targetHeader = "X-Amz-Target"
	// version is what each operation's name begins with there.
	version = "DynamoDB_20120810."
)

// ServeHTTP handles one call: /Function/number, as Line.Endpoint gave it.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	line := p.line(strings.TrimSuffix(r.URL.Path, "/"))
	if line == nil {
		http.Error(w, "no process has this address", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller broke off
	}
	if r.Method == http.MethodGet {
		// A process warming up its connection: no call.
		p.write(w, p.carry(r, body))
		return
	}
	c := line.start()
	answer := p.call(line, r, body)
	// Before the answer is out: the caller's next call is a later one.
	c.finish(answer.consumed)
	p.write(w, answer)
}

func (p *Proxy) call(line *Line, r *http.Request, body []byte) answer {
	target := r.Header.Get(targetHeader)
	accesses, err := readAccesses(target, body, p.keys)
	if err != nil {
		return failure(http.StatusBadRequest, "com.amazon.coral.service#SerializationException", err.Error())
	}
	for _, a := range accesses {
		if err := p.o.Roles.May(line.function, a.iam()); err != nil {
			return failure(http.StatusBadRequest, "com.amazon.coral.service#AccessDeniedException", err.Error())
		}
	}
	_, operation, _ := strings.Cut(target, ".")
	return p.applyFaults(line, r, operation, body)
}

// forward sends the call on, reads the whole answer and measures what it consumed.
func (p *Proxy) forward(r *http.Request, body []byte) answer {
	m := meter{images: p.images, keys: p.keys}
	_, m.operation, _ = strings.Cut(r.Header.Get(targetHeader), ".")
	_ = json.Unmarshal(body, &m.call) // the access was read from it
	requested := true
	if reporting[m.operation] {
		body, requested = requestCapacity(body)
	}
	a := p.carry(r, body)
	charges := m.measure(a)
	p.tally.add(charges)
	for _, c := range charges {
		a.consumed.add(c.units)
	}
	if !requested {
		a = withoutCapacity(a)
	}
	return a
}

// carry sends the call on. Of a transaction, it returns the answer when the
// transaction is committed.
func (p *Proxy) carry(r *http.Request, body []byte) answer {
	if p.o.Down != nil && p.o.Down() {
		return noAnswer
	}
	a := p.send(r, body)
	if p.o.OnDisk && a.status == http.StatusOK && r.Header.Get(targetHeader) == version+"TransactWriteItems" {
		return p.whenCommitted(a, r)
	}
	return a
}

// whenCommitted returns the answer to a transaction once it would outlive the
// database's end, as DynamoDB's own do: DynamoDB Local answers before it commits.
// It does one thing after the other, so that whatever else it answers then is an
// answer from after the commit: it is asked at once, before another database can have
// been started in its place. Where no answer comes, the transaction may be lost.
func (p *Proxy) whenCommitted(a answer, transaction *http.Request) answer {
	r := transaction.Clone(transaction.Context())
	r.Header.Set(targetHeader, version+"ListTables")
	if later := p.send(r, []byte(`{"Limit":1}`)); later.status != http.StatusOK {
		return noAnswer
	}
	return a
}

func (p *Proxy) send(r *http.Request, body []byte) answer {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.target.String(), bytes.NewReader(body))
	if err != nil {
		return failure(http.StatusBadRequest, "com.amazon.coral.service#SerializationException", err.Error())
	}
	out.Header = r.Header.Clone()
	resp, err := p.o.Transport.RoundTrip(out)
	if err != nil {
		return p.unreachable(r, err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return p.unreachable(r, err)
	}
	p.gone.Store(false)
	return answer{status: resp.StatusCode, header: resp.Header, body: content}
}

// unreachable says once that the database is gone; a caller that went away
// itself is none of the database's fault.
func (p *Proxy) unreachable(r *http.Request, err error) answer {
	var network *net.OpError
	if r.Context().Err() == nil && errors.As(err, &network) && !p.gone.Swap(true) {
		p.o.Log(fmt.Sprintf("database is gone: nothing answers at %s (%v)", p.o.Endpoint, err))
	}
	return noAnswer
}

var noAnswer = failure(http.StatusServiceUnavailable, "com.amazon.coral.service#ServiceUnavailableException", "the database does not answer")
