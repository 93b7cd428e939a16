// Package page creates the page at /docs from the API description. The page shows every
// call with its parameters, its answers, and examples of requests and answers.
//
// The package defines the page's content and structure. shared/web adds the style when it
// serves the page.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

//go:embed page.html
var form string

// stylePlace is the placeholder that shared/web replaces with the style.
const stylePlace = "{{style}}"

var parsed = template.Must(template.New("page").Funcs(template.FuncMap{
	"text": spans, "lower": strings.ToLower,
	"style": func() template.CSS { return stylePlace },
}).Parse(form))

// Write returns the page about the document. It contains the placeholder {{style}}.
func Write(d *openapi.Document) ([]byte, error) {
	w := writer{document: d}
	p, err := w.page()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return out.Bytes(), nil
}

// page is the data of the page's template.
type page struct {
	Title, Version, Summary string
	Paragraphs              []string
	Groups                  []group
	SignIn                  []row
	Shapes                  []shape
}

// group is a group of related calls.
type group struct {
	Name, Description string
	Calls             []call
}

// shape is a named object in answers.
type shape struct {
	Name, Description string
	// Forms holds the shape's possible forms. Most shapes have only one form.
	Forms [][]row
}

// writer creates one page.
type writer struct {
	document *openapi.Document
	// shapes holds the names of the shapes that the page must explain.
	shapes []string
}

func (w *writer) page() (page, error) {
	root := w.document.Root()
	info := openapi.Member(root, "info")
	p := page{
		Title: openapi.Text(info, "title"), Version: openapi.Text(info, "version"), Summary: openapi.Text(info, "summary"),
		Paragraphs: paragraphs(openapi.Text(info, "description")),
	}
	for _, tag := range openapi.Items(openapi.Member(root, "tags")) {
		g := group{Name: openapi.Text(tag, "name"), Description: openapi.Text(tag, "description")}
		for _, route := range w.document.Operations() {
			if !tagged(route.Operation, g.Name) {
				continue
			}
			c, err := w.call(route)
			if err != nil {
				return page{}, fmt.Errorf("%s: %w", route, err)
			}
			g.Calls = append(g.Calls, c)
		}
		p.Groups = append(p.Groups, g)
	}
	components := openapi.Member(root, "components")
	for _, scheme := range openapi.Members(openapi.Member(components, "securitySchemes")) {
		p.SignIn = append(p.SignIn, row{Name: openapi.Text(scheme, "name"), Text: openapi.Text(scheme, "description")})
	}
	// Explaining a shape can append other shapes to w.shapes.
	for i := 0; i < len(w.shapes); i++ {
		schema := openapi.Member(openapi.Member(components, "schemas"), w.shapes[i])
		forms, err := w.bodies(schema)
		if err != nil {
			return page{}, fmt.Errorf("%s: %w", w.shapes[i], err)
		}
		p.Shapes = append(p.Shapes, shape{w.shapes[i], openapi.Text(schema, "description"), forms})
	}
	slices.SortFunc(p.Shapes, func(a, b shape) int { return strings.Compare(a.Name, b.Name) })
	return p, nil
}

func tagged(operation *yaml.Node, name string) bool {
	return slices.ContainsFunc(openapi.Items(openapi.Member(operation, "tags")), func(n *yaml.Node) bool { return n.Value == name })
}
