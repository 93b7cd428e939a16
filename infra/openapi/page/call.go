package page

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

// call is the page's data about one operation.
type call struct {
	ID, Method, Path, Summary string
	Paragraphs                []string
	SignedIn                  bool
	Parameters                []row
	// Bodies holds the possible shapes of the body. Most calls have only one shape.
	Bodies  [][]row
	Form    bool
	Answers []answer
	Errors  []refusal
	Request string
}

// answer is the page's data about one successful answer.
type answer struct {
	Status, Description string
	// Kinds lists the media types. It is empty if the answer has no body.
	Kinds   []string
	Headers []row
	Rows    []row
	Example string
}

func (w *writer) call(route openapi.Route) (call, error) {
	o := route.Operation
	c := call{
		ID: openapi.Text(o, "operationId"), Method: route.Method, Path: route.Path, Summary: openapi.Text(o, "summary"),
		SignedIn: len(openapi.Items(openapi.Member(o, "security"))) > 0,
	}
	if text := openapi.Text(o, "description"); text != "" {
		c.Paragraphs = paragraphs(text)
	}
	parameters, err := w.parameters(route)
	if err != nil {
		return c, err
	}
	for _, p := range parameters {
		r, err := w.parameter(p)
		if err != nil {
			return c, err
		}
		c.Parameters = append(c.Parameters, r)
	}
	for kind, content := range openapi.Members(openapi.Member(openapi.Member(o, "requestBody"), "content")) {
		c.Form = kind != jsonKind
		if c.Bodies, err = w.bodies(openapi.Member(content, "schema")); err != nil {
			return c, err
		}
	}
	for status, described := range openapi.Members(openapi.Member(o, "responses")) {
		if err := w.answer(&c, status, described); err != nil {
			return c, err
		}
	}
	c.Request, err = w.request(route, parameters)
	return c, err
}

const jsonKind = "application/json"

// parameters returns the parameters of the route's path and of its operation.
func (w *writer) parameters(route openapi.Route) ([]*yaml.Node, error) {
	var all []*yaml.Node
	for _, of := range []*yaml.Node{route.Item, route.Operation} {
		for _, p := range openapi.Items(openapi.Member(of, "parameters")) {
			resolved, err := w.document.Resolve(p)
			if err != nil {
				return nil, err
			}
			all = append(all, resolved)
		}
	}
	return all, nil
}

func (w *writer) parameter(p *yaml.Node) (row, error) {
	kind, err := w.kind(openapi.Member(p, "schema"))
	if err != nil {
		return row{}, err
	}
	kind.Name, kind.Where = openapi.Text(p, "name"), openapi.Text(p, "in")
	kind.Required = openapi.Text(p, "required") == "true"
	kind.Text = openapi.Text(p, "description")
	return kind, nil
}

// bodies returns the members of each possible shape of the schema.
func (w *writer) bodies(schema *yaml.Node) ([][]row, error) {
	alternatives := openapi.Items(openapi.Member(schema, "anyOf"))
	if len(alternatives) == 0 {
		alternatives = []*yaml.Node{schema}
	}
	var all [][]row
	for _, one := range alternatives {
		rows, err := w.members(one)
		if err != nil {
			return nil, err
		}
		all = append(all, rows)
	}
	return all, nil
}

func (w *writer) answer(c *call, status string, described *yaml.Node) error {
	described, err := w.document.Resolve(described)
	if err != nil {
		return err
	}
	text := openapi.Text(described, "description")
	if status >= "400" {
		refusals, err := w.refusals(status, text, described)
		c.Errors = append(c.Errors, refusals...)
		return err
	}
	a := answer{Status: status, Description: text}
	for name, header := range openapi.Members(openapi.Member(described, "headers")) {
		if strings.HasPrefix(name, "X-Content") || name == "Cache-Control" || name == "Content-Security-Policy" {
			continue // every answer has these headers
		}
		resolved, err := w.document.Resolve(header)
		if err != nil {
			return err
		}
		a.Headers = append(a.Headers, row{Name: name, Text: openapi.Text(resolved, "description")})
	}
	for kind, content := range openapi.Members(openapi.Member(described, "content")) {
		a.Kinds = append(a.Kinds, kind)
		if kind != jsonKind {
			continue
		}
		if a.Rows, err = w.members(openapi.Member(content, "schema")); err != nil {
			return err
		}
		for _, example := range openapi.Members(openapi.Member(content, "examples")) {
			if a.Example, err = indented(openapi.Member(example, "value")); err != nil {
				return err
			}
			break
		}
	}
	c.Answers = append(c.Answers, a)
	return nil
}
