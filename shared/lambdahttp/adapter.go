package lambdahttp

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"livechat/shared/function"
	"livechat/shared/httpapi"
)

// server answers the events of one Lambda function.
type server struct {
	handler http.Handler
	clock   eventClock
}

// serve answers one event. The adapter gets a plain request line and no headers, because
// it fails on unusual requests. The handler gets the event's own request line and
// headers.
func (s server) serve(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := function.WithTime(ctx)
	defer cancel()
	plain, err := plainEvent(event)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		restore(r, event)
		s.answer(&written{ResponseWriter: w}, r)
	})
	return httpadapter.NewV2(handler).ProxyWithContext(httpapi.WithTime(ctx, s.clock(event)), plain)
}

// plainEvent returns an event that has only the body of event.
func plainEvent(event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPRequest, error) {
	plain := events.APIGatewayV2HTTPRequest{RawPath: "/", Body: event.Body}
	plain.RequestContext.DomainName = "localhost"
	plain.RequestContext.HTTP.Method = http.MethodPost
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return plain, fmt.Errorf("the gateway's body is not base64: %w", err)
		}
		plain.Body = string(body)
	}
	return plain, nil
}

// answer calls the handler. It answers 500 if the handler panics, and 200 if the handler
// writes nothing.
func (s server) answer(w *written, r *http.Request) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.ErrorContext(r.Context(), "panic", "stack", string(debug.Stack()))
			httpapi.WriteError(w, r, fmt.Errorf("panic: %v", cause))
		}
		if !w.any {
			w.WriteHeader(http.StatusOK)
		}
	}()
	s.handler.ServeHTTP(w, r)
}

// written records whether the handler has written anything. The adapter would turn an empty
// answer, which is a 200 for net/http, into an error.
type written struct {
	http.ResponseWriter
	any bool
}

func (w *written) WriteHeader(status int) {
	w.any = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *written) Write(body []byte) (int, error) {
	w.any = true
	return w.ResponseWriter.Write(body)
}
