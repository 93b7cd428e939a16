package page

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

// row is one parameter, member or header.
type row struct {
	Name, Where string
	// Kind describes the value. Shape is the name of a shape in named, if the value has
	// one. List tells that the value is a list.
	Kind, Shape string
	List        bool
	Required    bool
	Text        string
}

// named lists the schemas that the page explains as separate shapes.
var named = []string{
	"Room", "RoomForAgents", "MovedRoom", "Message", "MessageForAgents", "Visitor", "Agent", "Config", "Metrics", "Transfer",
	"SurveyReport", "Figures", "Share", "Author", "ServedBy", "PageInfo", "Block", "Inline", "Answers",
}

// members returns the members of an object. Nested members have dotted names.
func (w *writer) members(schema *yaml.Node) ([]row, error) {
	var rows []row
	err := w.each(schema, func(name string, member *yaml.Node, required bool) error {
		r, err := w.kind(member)
		if err != nil {
			return err
		}
		r.Name, r.Required = name, required
		rows = append(rows, r)
		if r.Shape != "" {
			return nil
		}
		inner, isList, err := w.inner(member)
		if err != nil {
			return err
		}
		if isList {
			name += "[]"
		}
		inside, err := w.members(inner)
		for _, i := range inside {
			i.Name = name + "." + i.Name
			rows = append(rows, i)
		}
		return err
	})
	return rows, err
}

// inner returns the schema in which a member's own members are described. For a list, or
// for alternatives with a list among them, this is the schema of the list's items.
// Otherwise it is the member's schema.
func (w *writer) inner(member *yaml.Node) (schema *yaml.Node, isList bool, err error) {
	schema, err = w.document.Resolve(member)
	if err != nil {
		return nil, false, err
	}
	for _, one := range openapi.Items(openapi.Member(schema, "anyOf")) {
		if openapi.Member(one, "items") != nil {
			schema = one
		}
	}
	if items := openapi.Member(schema, "items"); items != nil {
		return items, true, nil
	}
	return schema, false, nil
}

// each visits the members of an object and of all schemas that the object is composed of.
// It visits a member only once, even if several schemas describe it.
func (w *writer) each(schema *yaml.Node, visit func(name string, member *yaml.Node, required bool) error) error {
	properties, required, err := w.collect(schema)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range properties {
		if seen[p.name] {
			continue
		}
		seen[p.name] = true
		if err := visit(p.name, p.schema, slices.Contains(required, p.name)); err != nil {
			return err
		}
	}
	return nil
}

type property struct {
	name   string
	schema *yaml.Node
}

func (w *writer) collect(schema *yaml.Node) (properties []property, required []string, err error) {
	if schema == nil {
		return nil, nil, nil
	}
	if schema, err = w.document.Resolve(schema); err != nil {
		return nil, nil, err
	}
	for _, part := range openapi.Items(openapi.Member(schema, "allOf")) {
		p, r, err := w.collect(part)
		if err != nil {
			return nil, nil, err
		}
		properties, required = append(properties, p...), append(required, r...)
	}
	for name, member := range openapi.Members(openapi.Member(schema, "properties")) {
		properties = append(properties, property{name, member})
	}
	for _, name := range openapi.Items(openapi.Member(schema, "required")) {
		required = append(required, name.Value)
	}
	return properties, required, nil
}

// kind describes the possible values of a schema.
func (w *writer) kind(schema *yaml.Node) (row, error) {
	if schema == nil {
		return row{}, nil
	}
	r := row{Text: openapi.Text(schema, "description")}
	if name, of := strings.CutPrefix(openapi.Text(schema, "$ref"), "#/components/schemas/"); of && slices.Contains(named, name) {
		if !slices.Contains(w.shapes, name) {
			w.shapes = append(w.shapes, name)
		}
		r.Shape = name
		return r, nil
	}
	s, err := w.document.Resolve(schema)
	if err != nil {
		return row{}, err
	}
	if r.Text == "" {
		r.Text = openapi.Text(s, "description")
	}
	if items := openapi.Member(s, "items"); items != nil {
		one, err := w.kind(items)
		if err != nil {
			return row{}, err
		}
		r.List, r.Shape = true, one.Shape
		r.Kind = sentence("list", itemLimits(s))
		if one.Shape == "" && one.Kind != "" && one.Kind != "object" {
			r.Kind = sentence(r.Kind, "of:", one.Kind)
		}
		return r, nil
	}
	r.Kind = sentence(w.basic(s), w.limits(s))
	if alternatives := openapi.Items(openapi.Member(s, "anyOf")); len(alternatives) > 0 {
		var kinds []string
		for _, a := range alternatives {
			one, err := w.kind(a)
			if err != nil {
				return row{}, err
			}
			if one.Kind != "" {
				kinds = append(kinds, one.Kind)
			}
		}
		r.Kind = strings.Join(slices.Compact(kinds), ", or ")
	}
	return r, nil
}

// basic returns the type in a few words. If the schema allows several types, basic
// describes the first.
func (w *writer) basic(s *yaml.Node) string {
	if value := openapi.Member(s, "const"); value != nil {
		return value.Value
	}
	if values := openapi.Items(openapi.Member(s, "enum")); len(values) > 0 {
		if values[0].ShortTag() == "!!bool" {
			return "true or false"
		}
		var all []string
		for _, v := range values {
			if v.Value != "" {
				all = append(all, v.Value)
			}
		}
		return strings.Join(all, " | ")
	}
	kind := openapi.Member(s, "type")
	name := ""
	if kind != nil {
		name = kind.Value
	}
	if len(openapi.Items(kind)) > 0 {
		name = openapi.Items(kind)[0].Value
	}
	switch {
	case w.is(s, "ID"):
		return "id"
	case w.is(s, "Token"):
		return "token"
	case openapi.Text(s, "format") == "date-time":
		return "time"
	case openapi.Text(s, "format") == "date":
		return "day"
	case openapi.Text(s, "contentMediaType") != "":
		return "JSON text"
	case name == "string":
		return "text"
	case name == "boolean":
		return "true or false"
	case name == "integer":
		return "whole number"
	case name == "array":
		return "list"
	}
	return name
}

// is reports whether s is the named schema itself.
func (w *writer) is(s *yaml.Node, name string) bool {
	return s == openapi.Member(openapi.Member(openapi.Member(w.document.Root(), "components"), "schemas"), name)
}

// limits returns the limits and the default of a value. It omits very large limits.
func (w *writer) limits(s *yaml.Node) string {
	if w.is(s, "ID") || w.is(s, "Token") {
		return "" // ids and tokens are shown without limits
	}
	var all []string
	for _, l := range []struct{ name, words, unit string }{
		{"minLength", "at least %s", " characters"},
		{"maxLength", "at most %s", " characters"},
		{"minimum", "from %s", ""},
		{"maximum", "to %s", ""},
	} {
		value := openapi.Text(s, l.name)
		if value == "" || len(value) > len("1000000000") || l.name == "minLength" && value == "1" && openapi.Text(s, "maxLength") != "" {
			continue
		}
		all = append(all, fmt.Sprintf(l.words, thousands(value))+l.unit)
	}
	if standard := openapi.Text(s, "default"); standard != "" {
		all = append(all, "default "+standard)
	}
	if openapi.Text(s, "minLength") == "1" && openapi.Text(s, "maxLength") != "" {
		all = append([]string{"not empty"}, all...)
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, ", ") + ")"
}

func itemLimits(s *yaml.Node) string {
	least, most := openapi.Text(s, "minItems"), openapi.Text(s, "maxItems")
	switch {
	case least != "" && most != "":
		return "(" + least + " to " + most + ")"
	case least != "":
		return "(at least " + least + ")"
	case most != "":
		return "(at most " + most + ")"
	}
	return ""
}

func thousands(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	return digits[:len(digits)-3] + "," + digits[len(digits)-3:]
}
