package openapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Refusals returns the error texts that the route's answers with the status can have. It
// omits texts that are described only by a pattern.
func (d *Document) Refusals(route string, status int) ([]string, error) {
	for _, r := range d.routes {
		if r.String() != route {
			continue
		}
		described := Member(Member(r.Operation, "responses"), strconv.Itoa(status))
		described, err := d.Resolve(described)
		if err != nil {
			return nil, err
		}
		var texts []string
		schema := Member(Member(Member(described, "content"), "application/json"), "schema")
		err = d.shapes(schema, func(shape *yaml.Node) {
			text := Member(Member(shape, "properties"), "error")
			for _, listed := range append(Items(Member(text, "enum")), Member(text, "const")) {
				if listed != nil && !slices.Contains(texts, listed.Value) {
					texts = append(texts, listed.Value)
				}
			}
		})
		return texts, err
	}
	return nil, fmt.Errorf("%s: the route is not described", route)
}

// Statuses returns the statuses with which the route may answer, in ascending order.
func (d *Document) Statuses(route string) []int {
	var statuses []int
	for status := range d.answers[route] {
		statuses = append(statuses, status)
	}
	slices.Sort(statuses)
	return statuses
}

// shapes visits a schema and all schemas that it is composed of.
func (d *Document) shapes(schema *yaml.Node, visit func(*yaml.Node)) error {
	if schema == nil {
		return nil
	}
	visit(schema)
	parts := slices.Concat(Items(Member(schema, "allOf")), Items(Member(schema, "anyOf")), Items(Member(schema, "oneOf")))
	if strings.HasPrefix(Text(schema, "$ref"), reference) {
		referred, err := d.Resolve(schema)
		if err != nil {
			return err
		}
		parts = append(parts, referred)
	}
	for _, part := range parts {
		if err := d.shapes(part, visit); err != nil {
			return err
		}
	}
	return nil
}
