package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"livechat/infra/local/template"
)

// apiID is the API's id, which on AWS is ten random characters.
const apiID = "localhost0"

// newEvent returns the request as an event in payload format 2.0.
func newEvent(r *http.Request, m match, body []byte, id string, now time.Time) events.APIGatewayV2HTTPRequest {
	// The HTTP API decodes the path, but not the query.
	path := r.URL.Path
	prefix, _, _ := strings.Cut(r.Host, ".")
	e := events.APIGatewayV2HTTPRequest{
		Version:               "2.0",
		RouteKey:              m.route.Key(),
		RawPath:               path,
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               headers(r, now),
		QueryStringParameters: queryParameters(r.URL.RawQuery),
		PathParameters:        m.parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey:     m.route.Key(),
			AccountID:    template.Account,
			Stage:        "$default",
			RequestID:    id,
			APIID:        apiID,
			DomainName:   r.Host,
			DomainPrefix: prefix,
			Time:         now.UTC().Format("02/Jan/2006:15:04:05 -0700"),
			TimeEpoch:    now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: path, Protocol: r.Proto,
				SourceIP: sourceIP(r), UserAgent: r.UserAgent(),
			},
		},
	}
	if isText(r.Header.Get("Content-Type")) && utf8.Valid(body) {
		e.Body = string(body)
	} else if len(body) > 0 {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

// headers returns the request's headers with lower-case names and joined values, and the
// headers that the HTTP API adds. It leaves out cookies, which are passed separately, and
// headers that concern only the connection.
func headers(r *http.Request, now time.Time) map[string]string {
	out := map[string]string{}
	for name, values := range r.Header {
		switch name {
		case "Cookie", "Connection", "Keep-Alive", "Te", "Upgrade":
		default:
			out[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	out["host"] = r.Host
	forwarded := sourceIP(r)
	if before := out["x-forwarded-for"]; before != "" {
		forwarded = before + ", " + forwarded
	}
	out["x-forwarded-for"] = forwarded
	out["x-forwarded-proto"] = "http"
	out["x-forwarded-port"] = port(r.Host)
	if out["x-amzn-trace-id"] == "" {
		out["x-amzn-trace-id"] = fmt.Sprintf("Root=1-%08x-%x", now.Unix(), random(12))
	}
	return out
}

func cookies(h http.Header) []string {
	var out []string
	for _, line := range h.Values("Cookie") {
		for c := range strings.SplitSeq(line, ";") {
			if c = strings.TrimSpace(c); c != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// queryParameters decodes the query parameters and joins the values of repeated parameters.
// It does not use net/url to parse the query, because that drops malformed parameters.
func queryParameters(raw string) map[string]string {
	if raw == "" {
		return nil
	}
	out := map[string]string{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		if before, repeated := out[name]; repeated {
			value = before + "," + value
		}
		out[name] = value
	}
	return out
}

func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// isText reports whether the HTTP API passes a body of this content type as text. It passes
// a body without a content type as base64.
func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(contentType), ";")
		kind = strings.TrimSpace(kind)
	}
	switch kind {
	case "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded":
		return true
	default:
		return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
	}
}

func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func port(host string) string {
	_, p, err := net.SplitHostPort(host)
	if err != nil {
		return "80"
	}
	return p
}

// requestID returns an id in the HTTP API's format.
func requestID() string { return base64.StdEncoding.EncodeToString(random(11)) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // documented never to fail
	return b
}
