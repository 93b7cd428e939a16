package openapi_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"livechat/infra/openapi"
)

var root = filepath.Join("..", "..")

// read returns the service's own API description.
func read(t testing.TB) *openapi.Document {
	t.Helper()
	d, err := openapi.Read(filepath.Join(root, "infra", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// write writes the text to a file and returns the file's path.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRoutesAreInTheDocumentsOrder(t *testing.T) {
	d, err := openapi.Read(write(t, `
paths:
  /b:
    parameters: []
    put: {responses: {"200": {description: done}}}
    get: {responses: {"200": {description: done}}}
  /a/{id}:
    delete: {responses: {"200": {description: done}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Routes(), []string{"PUT /b", "GET /b", "DELETE /a/{id}"}; !slices.Equal(got, want) {
		t.Errorf("routes %v, want %v", got, want)
	}
}

func TestWhatIsNoDescriptionIsRefused(t *testing.T) {
	answers := func(text string) string { return "paths: {/a: {get: {responses: {" + text + "}}}}" }
	for name, tc := range map[string]struct{ text, want string }{
		"no YAML":                 {"paths: [", "did not find"},
		"a list":                  {"[]", "line 1: not an API description"},
		"no routes":               {"paths: {}", "line 1: no routes"},
		"a status in words":       {answers(`default: {description: any}`), `GET /a: "default" is not a status`},
		"a reference to nothing":  {answers(`"200": {$ref: '#/components/responses/Done'}`), "line 1: $ref #/components/responses/Done does not exist"},
		"a reference elsewhere":   {answers(`"200": {$ref: 'other.yaml#/Done'}`), "line 1: $ref other.yaml#/Done points outside the document"},
		"a circular reference":    {answers(`"200": {$ref: '#/paths/~1a/get/responses/200'}`), "is circular"},
		"an invalid schema":       {answers(`"200": {content: {application/json: {schema: {type: text}}}}`), "GET /a: 200: application/json: "},
		"an invalid pattern":      {answers(`"200": {content: {application/json: {schema: {pattern: "("}}}}`), "GET /a: 200: application/json: "},
		"a header without schema": {answers(`"200": {headers: {ETag: {description: none}}}`), "GET /a: 200: header ETag: "},
		"an unquoted time":        {answers(`"200": {example: 2026-11-23}`), "line 1: JSON has no !!timestamp"},
		"a number only YAML has":  {answers(`"200": {example: .inf}`), `line 1: JSON has no number ".inf"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openapi.Read(write(t, tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %s", err, tc.want)
			}
		})
	}
}

func TestAFileThatIsNotThere(t *testing.T) {
	if _, err := openapi.Read(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("no error")
	}
}

func TestJSONKeepsOrderAndTexts(t *testing.T) {
	d, err := openapi.Read(write(t, `
openapi: "3.1.1"
paths: {/a: {get: {responses: {"200": {description: "a <b> & \"c\""}}}}}
b: [1, 2.5, true, null, "1"]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"openapi":"3.1.1","paths":{"/a":{"get":{"responses":{"200":{"description":"a <b> & \"c\""}}}}},"b":[1,2.5,true,null,"1"]}`
	if got := string(d.JSON()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRefusals(t *testing.T) {
	d := read(t)
	for _, tc := range []struct {
		route  string
		status int
		want   []string
	}{
		{"GET /api/v1/livechat/room", 400, []string{
			"invalid-token", "invalid-room", "[error-omnichannel-is-disabled]", "Sorry, no online agents [no-agent-online]",
		}},
		{"POST /api/v1/livechat/room.close", 400, []string{
			"invalid-token", "invalid-room", "room-closed", "error-not-allowed-to-close-conversation",
		}},
		{"GET /api/v1/livechat/visitor/{token}", 400, []string{"[invalid-token]"}},
		{"PUT /api/v1/livechat/room.visitor", 401, []string{"You must be logged in to do this."}},
		{"GET /docs", 400, nil},
	} {
		got, err := d.Refusals(tc.route, tc.status)
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s, %d: %q, %v; want %q", tc.route, tc.status, got, err, tc.want)
		}
	}
	if _, err := d.Refusals("GET /none", 400); err == nil {
		t.Error("Refusals accepts a route that does not exist")
	}
}
