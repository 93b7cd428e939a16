// Package database stands between the functions and DynamoDB. Inside: an
// address for each process, the function's IAM statements enforced, the calls
// of each event counted. Not inside: tables and data; starting a database.
package database

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"livechat/infra/local/template"
)

// Options of a proxy.
type Options struct {
	// Endpoint is the database's address.
	Endpoint string
	// Tables are the template's: policies may speak of their keys.
	Tables []template.Table
	// Statements of each function, by its name.
	Statements map[string][]template.Statement
	// Transport carries the calls to the database; nil is plain HTTP. Whoever
	// wants calls to fail or wait wraps it.
	Transport http.RoundTripper
	// Log gets a line for a refusal, and when the database is gone.
	Log func(line string)
}

// Proxy is the functions' way to the database.
type Proxy struct {
	o        Options
	target   *url.URL
	keys     keyNames
	policies map[string]*policy
	usage    usage
	listener net.Listener
	server   *http.Server
	gone     atomic.Bool // said already

	mu    sync.Mutex
	lines map[string]*Line // by path prefix
	last  int
}

// Start checks the statements and listens on a free port of the loopback.
func Start(o Options) (*Proxy, error) {
	target, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
	}
	p := &Proxy{o: o, target: target, keys: keysOf(o.Tables), policies: map[string]*policy{}, lines: map[string]*Line{}}
	if o.Transport == nil {
		p.o.Transport = plainHTTP()
	}
	for name, statements := range o.Statements {
		if p.policies[name], err = compile(statements); err != nil {
			return nil, fmt.Errorf("policies of %s: %w", name, err)
		}
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
		p.write(w, p.forward(r, body))
		return
	}
	c := line.start()
	answer := p.call(line, r, body)
	// Before the answer is out: the caller's next call is a later one.
	c.finish()
	p.write(w, answer)
}

func (p *Proxy) call(line *Line, r *http.Request, body []byte) answer {
	accesses, err := readAccesses(r.Header.Get("X-Amz-Target"), body, p.keys)
	if err != nil {
		return failure(http.StatusBadRequest, "com.amazon.coral.service#SerializationException", err.Error())
	}
	for _, a := range accesses {
		policy := p.policies[line.function]
		v := policy.verdict(a)
		p.usage.note(line.function, a, v, policy.used(a))
		if !v.allowed {
			return p.refuse(line.function, a, v)
		}
	}
	return p.forward(r, body)
}

// Allowed reports whether the function may do that to the resource, and why not,
// for calls of other services. It goes into the record as the database's do.
func (p *Proxy) Allowed(function, action, resource string) (bool, string) {
	a := access{action: action, resource: resource}
	policy := p.policies[function]
	if policy == nil {
		return false, "there is no function " + function
	}
	v := policy.verdict(a)
	p.usage.note(function, a, v, policy.used(a))
	if v.allowed {
		return true, ""
	}
	return false, p.denial(function, a, v)
}

// denial words a refusal as AWS does, and logs why.
func (p *Proxy) denial(function string, a access, v verdict) string {
	p.o.Log(fmt.Sprintf("%s may not %s on %s: %s", function, a.action, shortResource(a.resource), v.reason))
	user := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s-role/%s", template.Account, function, function)
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", user, a.action, a.resource, v.aws(a))
}

func (p *Proxy) refuse(function string, a access, v verdict) answer {
	return failure(http.StatusBadRequest, "com.amazon.coral.service#AccessDeniedException", p.denial(function, a, v))
}

// forward sends the call on and reads the whole answer.
func (p *Proxy) forward(r *http.Request, body []byte) answer {
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
	return failure(http.StatusServiceUnavailable, "com.amazon.coral.service#ServiceUnavailableException",
		"the database does not answer")
}
