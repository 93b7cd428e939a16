package openapi

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// Document is an API description.
type Document struct {
	root   *yaml.Node
	json   []byte
	routes []Route
	// answers maps a route and a status to the described answer.
	answers map[string]map[int]answer
}

// Route is one operation of the document.
type Route struct {
	Method, Path string
	// Operation is the operation's node in the document. Item is the path's node.
	Operation, Item *yaml.Node
}

// String returns the route's name, for example "GET /api/v1/livechat/room".
func (r Route) String() string { return r.Method + " " + r.Path }

// Read reads the document at path and prepares it for checking answers.
func Read(path string) (*Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the API description: %w", err)
	}
	d, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Routes returns the names of all routes, for example "GET /api/v1/livechat/room", in the
// document's order.
func (d *Document) Routes() []string {
	var names []string
	for _, r := range d.routes {
		names = append(names, r.String())
	}
	return names
}

// Operations returns all routes in the document's order.
func (d *Document) Operations() []Route { return slices.Clone(d.routes) }

// JSON returns the document as JSON, with its members in the document's order.
func (d *Document) JSON() []byte { return bytes.Clone(d.json) }

// Root returns the document's root node.
func (d *Document) Root() *yaml.Node { return d.root }

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

func parse(text []byte) (*Document, error) {
	var node yaml.Node
	if err := yaml.Load(text, &node); err != nil {
		return nil, err
	}
	if len(node.Content) != 1 || node.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line 1: not an API description")
	}
	d := &Document{root: node.Content[0], answers: map[string]map[int]answer{}}
	var err error
	if d.json, err = NodeJSON(d.root); err != nil {
		return nil, err
	}
	for path, item := range Members(Member(d.root, "paths")) {
		for name, operation := range Members(item) {
			if slices.Contains(methods, name) {
				d.routes = append(d.routes, Route{strings.ToUpper(name), path, operation, item})
			}
		}
	}
	if len(d.routes) == 0 {
		return nil, fmt.Errorf("line %d: no routes", d.root.Line)
	}
	return d, d.compile()
}

// compile compiles the schemas of all answers.
func (d *Document) compile() error {
	schemas := jsonschema.NewCompiler()
	schemas.DefaultDraft(jsonschema.Draft2020)
	schemas.AssertFormat()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.json))
	if err != nil {
		return err
	}
	if err := schemas.AddResource(base, document); err != nil {
		return err
	}
	for _, route := range d.routes {
		answers := map[int]answer{}
		for status, described := range Members(Member(route.Operation, "responses")) {
			code, err := strconv.Atoi(status)
			if err != nil {
				return fmt.Errorf("line %d: %s: %q is not a status", described.Line, route, status)
			}
			at := []string{"paths", route.Path, strings.ToLower(route.Method), "responses", status}
			if answers[code], err = d.readAnswer(schemas, described, at); err != nil {
				return fmt.Errorf("%s: %s: %w", route, status, err)
			}
		}
		d.answers[route.String()] = answers
	}
	return nil
}
