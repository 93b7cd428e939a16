// Package intrinsic evaluates CloudFormation's parameters and intrinsic functions on YAML
// nodes. It supports Ref, Sub, GetAtt, If and its conditions, FindInMap, Join, Select and
// Split. It does not interpret resources.
//
// An unknown name or function is an error that names the line. No function is left
// unresolved.
package intrinsic

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Scope defines the names in a template.
type Scope struct {
	// Values maps parameters and pseudo parameters to their values. The value of
	// AWS::NoValue is nil.
	Values map[string]*yaml.Node
	// Mappings and Conditions are the template's sections of these names, or nil.
	Mappings   *yaml.Node
	Conditions *yaml.Node
	// Reference returns the value of Ref for a resource. It returns false for an unknown
	// resource.
	Reference func(resource string) (value string, ok bool)
	// Attribute returns the value of GetAtt for a resource's attribute. It returns false
	// if either is unknown.
	Attribute func(resource, attribute string) (value string, ok bool)
}

// Resolve returns n with all aliases and calls replaced with their values. It returns nil
// if n is AWS::NoValue. The nodes keep their original lines.
func (s *Scope) Resolve(n *yaml.Node) (*yaml.Node, error) {
	if n.Kind == yaml.AliasNode {
		return s.Resolve(n.Alias)
	}
	c, is, err := asCall(n)
	if err != nil {
		return nil, err
	}
	if is {
		return s.evaluate(c)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return s.mapping(n)
	case yaml.SequenceNode:
		return s.sequence(n)
	default:
		return n, nil
	}
}

func (s *Scope) mapping(n *yaml.Node) (*yaml.Node, error) {
	out := *n
	out.Content = nil
	for i := 0; i < len(n.Content); i += 2 {
		value, err := s.Resolve(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		if value != nil {
			out.Content = append(out.Content, n.Content[i], value)
		}
	}
	return &out, nil
}

func (s *Scope) sequence(n *yaml.Node) (*yaml.Node, error) {
	out := *n
	out.Content = nil
	for _, item := range n.Content {
		value, err := s.Resolve(item)
		if err != nil {
			return nil, err
		}
		if value != nil {
			out.Content = append(out.Content, value)
		}
	}
	return &out, nil
}

// text resolves n and returns its text. It fails if n is not a scalar.
func (s *Scope) text(n *yaml.Node) (string, error) {
	value, err := s.Resolve(n)
	if err != nil {
		return "", err
	}
	if value == nil || value.Kind != yaml.ScalarNode {
		return "", at(n, "a text is needed here")
	}
	return value.Value, nil
}

// list resolves n and returns its items. It fails if n is not a sequence.
func (s *Scope) list(n *yaml.Node) ([]*yaml.Node, error) {
	value, err := s.Resolve(n)
	if err != nil {
		return nil, err
	}
	if value == nil || value.Kind != yaml.SequenceNode {
		return nil, at(n, "a list is needed here")
	}
	return value.Content, nil
}

// Text returns a string node with the position of origin.
func Text(origin *yaml.Node, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: origin.Line, Column: origin.Column}
}

// Member returns the value of the key in the mapping n, or nil if there is none.
func Member(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}
