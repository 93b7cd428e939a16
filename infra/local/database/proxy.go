// Package database is a proxy between the functions and DynamoDB. It gives each process
// its own address and checks every call against IAM. It counts the calls of each event,
// and measures consumed capacity by event and by partition key. It delays a transaction's
// answer until the transaction is committed, and injects faults.
//
// Package iam decides which calls are allowed, and package fault which calls fail. Other
// packages handle tables, data and the database process.
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

// Options configures a proxy.
type Options struct {
	// Endpoint is the database's address.
	Endpoint string
	// Tables are the template's tables; policies can refer to their keys.
	Tables []template.Table
	// Roles decides what each function may do.
	Roles *iam.Roles
	// Down reports whether calls must not reach the database, because it may have
	// restarted without its tables. If Down is nil, all calls reach the database.
	Down func() bool
	// OnDisk reports whether committed data survives a crash of the database. If it does, a
	// transaction is answered only after it is committed.
	OnDisk bool
	// Faults lists the faults to inject into the calls. It may be nil.
	Faults *fault.List
	// Transport sends the calls to the database. If it is nil, plain HTTP is used.
	Transport http.RoundTripper
	// Log receives a line when the database becomes unreachable.
	Log func(line string)
}

// Proxy forwards the functions' calls to the database.
type Proxy struct {
	o        Options
	target   *url.URL
	keys     keyNames
	seen     *seenItems
	tally    tally
	listener net.Listener
	server   *http.Server
	gone     atomic.Bool // the outage has already been logged

	mu         sync.Mutex
	lines      map[string]*ProcessAddress // by path prefix
	lastNumber int
}

// Start listens on a free loopback port.
func Start(o Options) (*Proxy, error) {
	target, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
	}
	keys := keysOf(o.Tables)
	p := &Proxy{o: o, target: target, keys: keys, seen: newSeenItems(o.Tables, keys), lines: map[string]*ProcessAddress{}}
	if o.Transport == nil {
		p.o.Transport = plainHTTP()
	}
	p.listener, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for database calls: %w", err)
	}
	p.server = &http.Server{Handler: p}
	go func() { _ = p.server.Serve(p.listener) }() // Close ends Serve
	return p, nil
}

// Close ends the proxy.
func (p *Proxy) Close() { p.server.Close() }

// plainHTTP returns a transport that keeps enough idle connections for all processes. The
// transport does not decompress bodies, because the SDK verifies their checksums.
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
	// version is the prefix of the operation in targetHeader.
	version = "DynamoDB_20120810."
)

// ServeHTTP handles one call to /Function/number, the path that ProcessAddress.Endpoint
// returned.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	line := p.line(strings.TrimSuffix(r.URL.Path, "/"))
	if line == nil {
		http.Error(w, "no process has this address", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller aborted
	}
	if r.Method == http.MethodGet {
		// The process only warms up its connection.
		p.write(w, p.sendUntilCommitted(r, body))
		return
	}
	c := line.currentEvent().start()
	answer := p.call(line, r, body)
	// Finish before the answer is sent, so that the caller's next call counts as a later
	// one.
	c.finish(answer.consumed)
	p.write(w, answer)
}

func (p *Proxy) call(line *ProcessAddress, r *http.Request, body []byte) answer {
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

// forward sends the call to the database and measures the capacity that the call
// consumed.
func (p *Proxy) forward(r *http.Request, body []byte) answer {
	m := meter{seen: p.seen}
	_, m.operation, _ = strings.Cut(r.Header.Get(targetHeader), ".")
	_ = json.Unmarshal(body, &m.call) // readAccesses has already decoded it
	requested := true
	if reportsCapacity[m.operation] {
		body, requested = requestCapacity(body)
	}
	a := p.sendUntilCommitted(r, body)
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

// sendUntilCommitted sends the call to the database. If the call is a transaction, it
// returns the answer only after the commit.
func (p *Proxy) sendUntilCommitted(r *http.Request, body []byte) answer {
	if p.o.Down != nil && p.o.Down() {
		return noAnswer
	}
	a := p.send(r, body)
	if p.o.OnDisk && a.status == http.StatusOK && r.Header.Get(targetHeader) == version+"TransactWriteItems" {
		return p.whenCommitted(a, r)
	}
	return a
}

// whenCommitted returns the answer to a transaction once the transaction would survive a
// crash of the database. AWS answers only then, but DynamoDB Local answers before it
// commits. DynamoDB Local works sequentially, so it answers the next call after the
// commit. Therefore whenCommitted sends another call immediately, before a crashed
// database can be replaced with a new one. If the second call gets no answer, the
// transaction may be lost.
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

// unreachable logs once that the database is gone. It logs nothing if the caller aborted
// the call.
func (p *Proxy) unreachable(r *http.Request, err error) answer {
	var network *net.OpError
	if r.Context().Err() == nil && errors.As(err, &network) && !p.gone.Swap(true) {
		p.o.Log(fmt.Sprintf("database is gone: no answer from %s (%v)", p.o.Endpoint, err))
	}
	return noAnswer
}

var noAnswer = failure(http.StatusServiceUnavailable, "com.amazon.coral.service#ServiceUnavailableException",
	"the database does not answer")
