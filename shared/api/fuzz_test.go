package api

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"livechat/shared/livechat"
)

// FuzzQuery reads arbitrary queries like the calls with the most parameters do. A query
// is either accepted or refused with a livechat.Error.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"", "token=a", "agents[]=a&agents=b&open=true&queued=false", "createdAt=%7B%22start%22:%222026-01-01%22%7D", "sort=%7B%22ts%22:-1%7D",
		"count=10&offset=20", "a[b[c]=d", "=", "&&&", "%zz=%zz", "[]=x", "token[=x", "]token=x", "open=%00", "sort={\"ts\":1e999}", "count=9999999999999999999",
	} {
		f.Add(query)
	}
	known := func(t *testing.T, query string, err error) {
		if _, refused := errors.AsType[*livechat.Error](err); err != nil && !refused {
			t.Errorf("%q: %v", query, err)
		}
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := &http.Request{URL: &url.URL{RawQuery: query}}
		q, err := readRoomsQuery(r)
		known(t, query, err)
		if err == nil && (q.count < 0 || q.count > maxPage || q.offset < 0) {
			t.Errorf("%q: count %d, offset %d", query, q.count, q.offset)
		}
		_, err = readQuery(r, parameter{name: "token", required: true}, parameter{name: "rid"}, parameter{name: "agentId"})
		known(t, query, err)
	})
}
