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

// serve answers one event. The adapter is shown a request line and headers that
// it cannot stumble over; the handler gets the event's own.
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

// plainEvent has the event's body, and no other word of it.
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

// answer has the handler answer, whatever it does.
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

// written knows whether anything was answered yet. Without that, the adapter
// makes an error of an empty answer, which for net/http is a 200.
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
