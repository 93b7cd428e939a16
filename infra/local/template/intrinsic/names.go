package intrinsic

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (s *Scope) ref(n *yaml.Node) (*yaml.Node, error) {
	if n.Kind != yaml.ScalarNode {
		return nil, at(n, "Ref takes a name")
	}
	value, err := s.named(n, n.Value)
	if err != nil || value == nil {
		return nil, err
	}
	moved := *value
	moved.Line, moved.Column = n.Line, n.Column
	return &moved, nil
}

// named returns the value of the parameter or resource with the name. The order of the
// look-ups does not matter, because CloudFormation forbids equal names.
func (s *Scope) named(n *yaml.Node, name string) (*yaml.Node, error) {
	if value, ok := s.Values[name]; ok {
		return value, nil
	}
	if value, ok := s.Reference(name); ok {
		return Text(n, value), nil
	}
	return nil, at(n, "%q is neither a parameter nor a resource", name)
}

// getAtt evaluates GetAtt. Its argument is "Resource.Attribute" or [Resource, Attribute].
func (s *Scope) getAtt(n *yaml.Node) (*yaml.Node, error) {
	resource, attribute, _ := strings.Cut(n.Value, ".")
	if n.Kind == yaml.SequenceNode {
		parts, err := arguments("GetAtt", n, 2)
		if err != nil {
			return nil, err
		}
		resource, attribute = parts[0].Value, parts[1].Value
	}
	value, ok := s.Attribute(resource, attribute)
	if !ok {
		return nil, at(n, "the attribute %s of %s is not supported by the laptop cloud", attribute, resource)
	}
	return Text(n, value), nil
}

// placeholder matches ${Name}, ${Resource.Attribute} and ${!literal}.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// sub evaluates Sub. Its argument is a string, or [string, {name: value}].
func (s *Scope) sub(n *yaml.Node) (*yaml.Node, error) {
	text := n
	var local *yaml.Node
	if n.Kind == yaml.SequenceNode {
		parts, err := arguments("Sub", n, 2)
		if err != nil {
			return nil, err
		}
		text, local = parts[0], parts[1]
	}
	if text.Kind != yaml.ScalarNode {
		return nil, at(n, "Sub takes a text, or a text and a mapping")
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(text.Value, func(match string) string {
		value, err := s.substitute(text, strings.TrimSpace(match[2:len(match)-1]), local)
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	if failed != nil {
		return nil, failed
	}
	return Text(n, out), nil
}

func (s *Scope) substitute(n *yaml.Node, name string, local *yaml.Node) (string, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if value := Member(local, name); value != nil {
		return s.text(value)
	}
	if strings.Contains(name, ".") {
		value, err := s.getAtt(Text(n, name))
		if err != nil {
			return "", err
		}
		return value.Value, nil
	}
	return s.text(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!Ref", Value: name, Line: n.Line})
}
