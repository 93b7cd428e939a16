package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// answer describes the headers and bodies with which a route may answer with one status.
type answer struct {
	headers map[string]header
	// content maps media types to the schemas of bodies. It is empty if the answer has no
	// body.
	content map[string]*jsonschema.Schema
}

type header struct {
	required bool
	schema   *jsonschema.Schema
}

// base is the name of the document in the schema compiler.
const base = "openapi.json"

func (d *Document) readAnswer(schemas *jsonschema.Compiler, n *yaml.Node, at []string) (answer, error) {
	n, at, err := d.follow(n, at)
	if err != nil {
		return answer{}, err
	}
	a := answer{headers: map[string]header{}, content: map[string]*jsonschema.Schema{}}
	for name, described := range Members(Member(n, "headers")) {
		described, at, err := d.follow(described, append(slices.Clone(at), "headers", name))
		if err != nil {
			return answer{}, err
		}
		schema, err := schemas.Compile(base + "#" + fragment(append(at, "schema")))
		if err != nil {
			return answer{}, fmt.Errorf("header %s: %w", name, err)
		}
		a.headers[name] = header{Text(described, "required") == "true", schema}
	}
	for kind := range Members(Member(n, "content")) {
		schema, err := schemas.Compile(base + "#" + fragment(append(slices.Clone(at), "content", kind, "schema")))
		if err != nil {
			return answer{}, fmt.Errorf("%s: %w", kind, err)
		}
		a.content[kind] = schema
	}
	return a, nil
}

// fragment returns the place in the document as the fragment of a URL.
func fragment(at []string) string {
	return strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D").Replace(pointer(at))
}

// CheckAnswer returns an error if the answer does not match the document, or if the
// document does not describe the route, the status or the content type. The error names
// the route, the status, the fault, and the fault's place in the body as a JSON pointer.
// routePath is the route's path with its {names}.
func (d *Document) CheckAnswer(method, routePath string, status int, header http.Header, body []byte) error {
	route := method + " " + routePath
	answers, ok := d.answers[route]
	if !ok {
		return fmt.Errorf("%s: the route is not described", route)
	}
	answer, ok := answers[status]
	if !ok {
		return fmt.Errorf("%s answered %d: the status is not described%s", route, status, excerpt(body))
	}
	if err := answer.check(header, body); err != nil {
		return fmt.Errorf("%s answered %d: %w", route, status, err)
	}
	return nil
}

func (a answer) check(sent http.Header, body []byte) error {
	for _, name := range slices.Sorted(maps.Keys(a.headers)) {
		if err := a.headers[name].check(sent.Values(name)); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	if len(a.content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("no body is described%s", excerpt(body))
		}
		return nil
	}
	said := sent.Get("Content-Type")
	kind, parameters, err := mime.ParseMediaType(said)
	if err != nil {
		return fmt.Errorf("content type %q: %w", said, err)
	}
	schema, ok := a.content[kind]
	if !ok {
		return fmt.Errorf("content type %q is not described, only %s%s", said, strings.Join(slices.Sorted(maps.Keys(a.content)), ", "),
			excerpt(body))
	}
	if kind != "application/json" {
		return explain(schema.Validate(string(body)))
	}
	if len(parameters) > 0 {
		return fmt.Errorf("content type %q: JSON has no parameters", said)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the body is not JSON: %w%s", err, excerpt(body))
	}
	return explain(schema.Validate(value))
}

func (h header) check(values []string) error {
	switch {
	case len(values) == 0 && h.required:
		return errors.New("missing")
	case len(values) == 0:
		return nil
	case len(values) > 1:
		return fmt.Errorf("occurs %d times", len(values))
	default:
		return explain(h.schema.Validate(values[0]))
	}
}

// excerpt returns the beginning of a body for an error message.
func excerpt(body []byte) string {
	const most = 200
	if len(body) == 0 {
		return ""
	}
	if len(body) > most {
		return fmt.Sprintf(": %s…", strings.ToValidUTF8(string(body[:most]), ""))
	}
	return ": " + string(body)
}
