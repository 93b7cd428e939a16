package lambdahttp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

func readEvent(t *testing.T, name string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

// echo answers with the request as the handler sees it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintf(w, "%s %s?%s\nhost %s from %s\ntoken %q\ncookies %s\nforwarded %s\ntoken header %s\nbody %q",
		r.Method, r.URL.Path, r.URL.RawQuery, r.Host, r.RemoteAddr, r.PathValue("token"),
		r.Header.Get("Cookie"), strings.Join(r.Header.Values("X-Forwarded-For"), "|"), r.Header.Get("X-Auth-Token"), body)
}

func answerOf(t *testing.T, event events.APIGatewayV2HTTPRequest, handler http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	answer, err := server{handler, gatewayTime}.serve(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestHandlerSeesTheEventsOwnWords(t *testing.T) {
	for name, want := range map[string]string{
		"get.json": `GET /api/v1/livechat/visitor/a/b%zz?token=a%2Fb&rid=
host abc123.execute-api.eu-central-1.amazonaws.com from 203.0.113.7
token "a/b%zz"
cookies rc_room_type=l; rc_is_widget=t
forwarded 198.51.100.1, 203.0.113.7
token header a,b, c
body ""`,
		"post-base64.json": `POST /api/v1/livechat/room.survey?
host localhost from 127.0.0.1
token ""
cookies a=1
forwarded 
token header 
body "{\"rid\":\"é\"}"`,
	} {
		t.Run(name, func(t *testing.T) {
			answer := answerOf(t, readEvent(t, name), echo)
			if diff := cmp.Diff(want, answer.Body); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if answer.StatusCode != 200 {
				t.Errorf("status %d", answer.StatusCode)
			}
		})
	}
}

func TestPanicIsA500(t *testing.T) {
	answer := answerOf(t, readEvent(t, "get.json"), func(http.ResponseWriter, *http.Request) { panic("secret") })
	if answer.StatusCode != 500 || answer.Body != `{"success":false,"error":"Internal server error"}` {
		t.Errorf("%d %s", answer.StatusCode, answer.Body)
	}
}

func TestNothingWrittenIsA200(t *testing.T) {
	answer := answerOf(t, readEvent(t, "get.json"), func(http.ResponseWriter, *http.Request) {})
	if answer.StatusCode != 200 || answer.Body != "" {
		t.Errorf("%d %q", answer.StatusCode, answer.Body)
	}
}

func TestHandlerHasToAnswerBeforeLambdaEndsIt(t *testing.T) {
	deadline := time.Now().Add(10 * time.Second)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	var got time.Time
	_, err := server{http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, _ = r.Context().Deadline() }), gatewayTime}.
		serve(ctx, readEvent(t, "get.json"))
	if want := deadline.Add(-time.Second); err != nil || !got.Equal(want) {
		t.Errorf("deadline %v, want %v (%v)", got, want, err)
	}
}

func TestRequestHasTheGatewaysTime(t *testing.T) {
	event := readEvent(t, "get.json")
	if got := gatewayTime(event); !got.Equal(time.Date(2026, 11, 1, 9, 30, 0, 123e6, time.UTC)) {
		t.Errorf("the request's time is %v", got)
	}
}
