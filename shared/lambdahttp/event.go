package lambdahttp

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// restore copies the parts of the request from the event unchanged. It neither parses
// them again nor splits headers at commas.
func restore(r *http.Request, event events.APIGatewayV2HTTPRequest) {
	request := event.RequestContext
	r.Method = request.HTTP.Method
	r.Host = request.DomainName
	r.RemoteAddr = request.HTTP.SourceIP
	r.URL = &url.URL{Path: event.RawPath, RawQuery: event.RawQueryString}
	r.RequestURI = r.URL.RequestURI()
	for name, value := range event.PathParameters {
		r.SetPathValue(name, value)
	}
	r.Header = http.Header{}
	for name, value := range event.Headers {
		r.Header.Set(name, value)
	}
	if len(event.Cookies) > 0 {
		// SAM local sends the cookies both here and in the headers.
		r.Header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
}

// eventClock returns the time of a request.
type eventClock func(events.APIGatewayV2HTTPRequest) time.Time

// gatewayTime returns the time at which the gateway received the request.
func gatewayTime(e events.APIGatewayV2HTTPRequest) time.Time {
	return time.UnixMilli(e.RequestContext.TimeEpoch)
}

// wallTime returns this machine's time. SAM local needs it, because its gateway sends the
// same time with every request.
func wallTime(events.APIGatewayV2HTTPRequest) time.Time { return time.Now() }
