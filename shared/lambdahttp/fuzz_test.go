package lambdahttp

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// FuzzEvent checks that any event that the gateway could send is answered without ending
// the process.
func FuzzEvent(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no events: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"rawPath":"%","rawQueryString":"%zz;&&=","cookies":["a=b; c","\u0000"],"headers":{"":"","a b":"\r\n"},"pathParameters":{"":"x"}}`))
	f.Add([]byte(`{"isBase64Encoded":true,"body":"%%%","requestContext":{"http":{"method":"\u0000"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var event events.APIGatewayV2HTTPRequest
		if json.Unmarshal(text, &event) != nil {
			return // Lambda's runtime refuses it
		}
		answer, err := server{http.HandlerFunc(echo), gatewayTime}.serve(t.Context(), event)
		if err != nil && !event.IsBase64Encoded {
			t.Errorf("%s: %v", text, err)
		}
		if err == nil && answer.StatusCode != 200 {
			t.Errorf("%s: status %d: %s", text, answer.StatusCode, answer.Body)
		}
	})
}
