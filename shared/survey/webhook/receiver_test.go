package webhook

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"livechat/shared/survey"
)

// tlsReceiver returns a server with a certificate for example.com, a resolver that resolves
// example.com to it, and the receiver's URL under that name.
func tlsReceiver(t *testing.T, answer http.HandlerFunc) (server *httptest.Server, resolver *net.Resolver, url string) {
	t.Helper()
	server = httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	return server, nameServer(t, at.Addr()), "https://example.com:" + strings.TrimPrefix(server.URL, "https://127.0.0.1:") + "/hook"
}

// trusting returns a client with the dialer that trusts the server's certificate.
func trusting(server *httptest.Server, d *net.Dialer) *http.Client {
	c := newHTTPClient(d)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c.Transport.(*http.Transport).TLSClientConfig.RootCAs = roots
	return c
}

// TestNamesThatLeadInsideAreNotCalled uses a public name with a valid certificate that
// resolves to this machine. Only the check of addresses prevents the call.
func TestNamesThatLeadInsideAreNotCalled(t *testing.T) {
	var called atomic.Int32
	server, resolver, url := tlsReceiver(t, func(http.ResponseWriter, *http.Request) { called.Add(1) })

	unchecked := New(nil)
	unchecked.public = trusting(server, &net.Dialer{Resolver: resolver})
	if err := unchecked.Deliver(t.Context(), delivery(url)); err != nil || called.Load() != 1 {
		t.Fatalf("without the check: %v, called %d times", err, called.Load())
	}

	checked := New(nil)
	dialer := publicDialer()
	dialer.Resolver = resolver
	checked.public = trusting(server, dialer)
	if got := faultOf(t, checked.Deliver(t.Context(), delivery(url))); got != survey.Permanent {
		t.Errorf("fault %d", got)
	}
	if called.Load() != 1 {
		t.Error("the receiver was called")
	}
}

func TestCertificateHasToBeGood(t *testing.T) {
	_, resolver, url := tlsReceiver(t, func(http.ResponseWriter, *http.Request) { t.Error("the receiver was called") })
	c := New(nil)
	c.public = newHTTPClient(&net.Dialer{Resolver: resolver})
	if got := faultOf(t, c.Deliver(t.Context(), delivery(url))); got != survey.Temporary {
		t.Errorf("fault %d", got)
	}
}

func TestRedirectToAnInnerAddressIsNotFollowed(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer inner.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		c, url := receiver(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inner.URL, status) })
		err := c.Deliver(t.Context(), delivery(url))
		if faultOf(t, err) != survey.Temporary || !strings.Contains(err.Error(), "redirects are not followed") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestAllowedIsTheHostAsItIsWritten(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	_, port, _ := strings.Cut(host, ":")
	c := New([]string{host, "localhost"})
	if err := c.Deliver(t.Context(), delivery("http://"+host+"/hook")); err != nil {
		t.Error(err)
	}
	for _, url := range []string{
		"http://localhost:" + port, "http://127.0.0.2:" + port, "http://user@" + host + ".example.com", "http://127.0.0.1", "http://[::ffff:127.0.0.1]:" + port,
	} {
		if got := faultOf(t, c.Deliver(t.Context(), delivery(url))); got != survey.Permanent {
			t.Errorf("%s is fault %d", url, got)
		}
	}
}

func TestProxyOfTheEnvironmentIsNotAsked(t *testing.T) {
	for _, c := range []*http.Client{New(nil).public, New(nil).unrestricted} {
		if c.Transport.(*http.Transport).Proxy != nil {
			t.Error("the client has a proxy")
		}
	}
}

// TestSlowReceiversAreNotWaitedFor checks a receiver that never answers and one whose
// answer never ends.
func TestSlowReceiversAreNotWaitedFor(t *testing.T) {
	end := make(chan struct{})
	defer close(end)
	silent := func(http.ResponseWriter, *http.Request) { <-end }
	c, url := receiver(t, silent)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got := faultOf(t, c.Deliver(ctx, delivery(url))); got != survey.Temporary {
		t.Errorf("after the deadline: fault %d", got)
	}

	c, url = receiver(t, silent)
	if c.unrestricted.Timeout != timeLimit || c.public.Timeout != timeLimit {
		t.Errorf("time limits %v, %v", c.unrestricted.Timeout, c.public.Timeout)
	}
	c.unrestricted.Timeout = 20 * time.Millisecond
	if got := faultOf(t, c.Deliver(t.Context(), delivery(url))); got != survey.Temporary {
		t.Errorf("after the time limit: fault %d", got)
	}

	c, url = receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-end
	})
	c.unrestricted.Timeout = 200 * time.Millisecond
	if err := c.Deliver(t.Context(), delivery(url)); err != nil {
		t.Errorf("after an answer of 200: %v", err)
	}
}

func TestLongAnswersAreNotReadToTheirEnd(t *testing.T) {
	var wrote atomic.Int64
	c, url := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for {
			n, err := w.Write(make([]byte, 32<<10))
			wrote.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	if err := c.Deliver(t.Context(), delivery(url)); err != nil {
		t.Error(err)
	}
	const buffers = 64 << 20 // more than can be in transit
	if n := wrote.Load(); n > buffers {
		t.Errorf("read %d bytes", n)
	}
	c, url = receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeaders))
	})
	if got := faultOf(t, c.Deliver(t.Context(), delivery(url))); got != survey.Temporary {
		t.Errorf("long headers: fault %d", got)
	}
}

func TestNobodyThereIsTemporary(t *testing.T) {
	c, url := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, _ := w.(http.Hijacker).Hijack()
		connection.Close()
	})
	if got := faultOf(t, c.Deliver(t.Context(), delivery(url))); got != survey.Temporary {
		t.Errorf("hung up: fault %d", got)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c = New([]string{strings.TrimPrefix(server.URL, "http://")})
	if got := faultOf(t, c.Deliver(t.Context(), delivery(server.URL))); got != survey.Temporary {
		t.Errorf("closed: fault %d", got)
	}
}

func TestAllowedHostsOfTheEnvironment(t *testing.T) {
	t.Setenv("SURVEY_WEBHOOK_ALLOW", "localhost:3000,127.0.0.1:3000")
	if got := FromEnvironment().allowed; !slices.Equal(got, []string{"localhost:3000", "127.0.0.1:3000"}) {
		t.Errorf("allowed %q", got)
	}
	t.Setenv("SURVEY_WEBHOOK_ALLOW", "")
	if got := FromEnvironment().allowed; len(got) != 0 {
		t.Errorf("allowed %q", got)
	}
}

// nameServer returns a resolver that resolves every name to the address.
func nameServer(t *testing.T, address netip.Addr) *net.Resolver {
	t.Helper()
	server, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		query := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			if _, err := server.WriteTo(answerTo(query[:n], address), from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answerTo returns the answer to a DNS query for one name (RFC 1035, 4.1).
func answerTo(query []byte, address netip.Addr) []byte {
	const header, typeA = 12, 1
	end := header
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[header : end+5]
	var answers uint16
	var record []byte
	if binary.BigEndian.Uint16(question[len(question)-4:]) == typeA {
		answers = 1
		record = append([]byte{0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4}, address.AsSlice()...)
	}
	answer := binary.BigEndian.AppendUint16(query[:2:2], 0x8180) // a response without an error
	answer = binary.BigEndian.AppendUint16(answer, 1)
	answer = binary.BigEndian.AppendUint16(answer, answers)
	answer = append(answer, 0, 0, 0, 0)
	return slices.Concat(answer, question, record)
}
