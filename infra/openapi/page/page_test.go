package page_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"livechat/infra/openapi"
	"livechat/infra/openapi/page"
)

func write(t *testing.T, path string) string {
	t.Helper()
	d, err := openapi.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	written, err := page.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

var ours = filepath.Join("..", "..", "openapi.yaml")

func TestEveryCallHasItsPlace(t *testing.T) {
	d, err := openapi.Read(ours)
	if err != nil {
		t.Fatal(err)
	}
	written := write(t, ours)
	for _, route := range d.Operations() {
		id := openapi.Text(route.Operation, "operationId")
		if strings.Count(written, `<h3 id="`+id+`"`) != 1 || !strings.Contains(written, `<li><a href="#`+id+`"`) {
			t.Errorf("%s is not on the page, or not linked", route)
		}
	}
}

// TestLinksLeadSomewhere checks that every link within the page has exactly one target.
func TestLinksLeadSomewhere(t *testing.T) {
	written := write(t, ours)
	links := regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]+)"`).FindAllStringSubmatch(written, -1)
	if len(links) < 100 {
		t.Fatalf("the page has %d links", len(links))
	}
	for _, link := range links {
		if n := strings.Count(written, ` id="`+link[1]+`"`); n != 1 {
			t.Errorf("%s has %d targets on the page", link[0], n)
		}
	}
}

func TestThePageNeedsNothing(t *testing.T) {
	written := write(t, ours)
	for _, never := range []string{"<script", "javascript:", "<img", "style=", "onclick", "ZgotmplZ", "//cdn"} {
		if strings.Contains(written, never) {
			t.Errorf("the page has %q", never)
		}
	}
	if strings.Count(written, "{{style}}") != 1 {
		t.Error("the page does not have exactly one placeholder for its style")
	}
}

// example is a document with texts that contain HTML and shell syntax, which must be
// escaped.
const example = `
openapi: 3.1.1
info: {title: <script>alert(1)</script>, version: 1.0.0, summary: "It's <b>", description: "a & ` + "`b<c`" + `"}
servers: [{url: "http://localhost:3000"}]
tags: [{name: T, description: "<i>"}]
paths:
  /a/{x}:
    get:
      operationId: a
      tags: [T]
      summary: "<u>"
      parameters:
        - {name: x, in: path, required: true, example: "it's/<x>", schema: {type: string}}
        - {name: q, in: query, required: true, example: "a&b", schema: {type: string, maxLength: 5000}}
      responses:
        "200":
          description: "<s>"
          content:
            application/json:
              schema: {type: object, required: [m], properties: {m: {description: "<em>", type: string}, n: {$ref: '#/components/schemas/Room'}}}
              examples: {e: {value: {m: "</code><p>"}}}
        "400":
          description: refused
          content:
            application/json:
              schema: {type: object, properties: {error: {enum: ["<hr>"]}}}
  /b:
    put:
      operationId: b
      tags: [T]
      summary: put
      security: [{k: []}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {m: {type: string}}}, examples: {e: {value: {m: "it's"}}}}}}
      responses: {"200": {description: done}}
x-refusals: {"<hr>": "a <line>"}
components:
  schemas:
    Room: {description: "<q>", type: object, properties: {list: {type: array, items: {type: object, properties: {deep: {type: integer, minimum: 1}}}}}}
`

func TestWhatTheDocumentSaysIsText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(path, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	written := write(t, path)
	for _, never := range []string{"<script", "<b>", "<i>", "<u>", "<s>", "<em>", "</code><p>", "<hr>", "<line>", "<q>"} {
		if strings.Contains(written, never) {
			t.Errorf("the page has %s", never)
		}
	}
	for _, want := range []string{
		"<title>The API of &lt;script&gt;alert(1)&lt;/script&gt;</title>",
		"a &amp; <code>b&lt;c</code>",
		"curl -s &#39;http://localhost:3000/a/it%27s%2F%3Cx%3E?q=a%26b&#39;",
		"text (at most 5,000 characters)",
		"<code>&lt;hr&gt;</code></td><td>a &lt;line&gt;",
		`<a href="#shape-Room">Room</a>`,
		"<code>list[].deep</code>",
		"curl -s -X PUT &#39;http://localhost:3000/b&#39; \\\n  -H &#34;X-User-Id: $USER_ID&#34; -H &#34;X-Auth-Token: $AUTH_TOKEN&#34; \\\n" +
			"  -d &#39;{&#34;m&#34;:&#34;it&#39;\\&#39;&#39;s&#34;}&#39;",
	} {
		if !strings.Contains(written, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}
