package intrinsic

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (s *Scope) join(n *yaml.Node) (*yaml.Node, error) {
	parts, err := arguments("Join", n, 2)
	if err != nil {
		return nil, err
	}
	items, err := s.list(parts[1])
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if texts[i], err = s.text(item); err != nil {
			return nil, err
		}
	}
	return Text(n, strings.Join(texts, parts[0].Value)), nil
}

func (s *Scope) selectItem(n *yaml.Node) (*yaml.Node, error) {
	parts, err := arguments("Select", n, 2)
	if err != nil {
		return nil, err
	}
	index, err := s.text(parts[0])
	if err != nil {
		return nil, err
	}
	items, err := s.list(parts[1])
	if err != nil {
		return nil, err
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(items) {
		return nil, at(n, "Select: there is no item %q in a list of %d", index, len(items))
	}
	return items[i], nil
}

func (s *Scope) split(n *yaml.Node) (*yaml.Node, error) {
	parts, err := arguments("Split", n, 2)
	if err != nil {
		return nil, err
	}
	text, err := s.text(parts[1])
	if err != nil {
		return nil, err
	}
	return List(n, strings.Split(text, parts[0].Value)), nil
}

func (s *Scope) findInMap(n *yaml.Node) (*yaml.Node, error) {
	parts, err := arguments("FindInMap", n, 3)
	if err != nil {
		return nil, err
	}
	found := s.Mappings
	for _, part := range parts {
		key, err := s.text(part)
		if err != nil {
			return nil, err
		}
		if found = Member(found, key); found == nil {
			return nil, at(part, "FindInMap: the template's Mappings have no %q here", key)
		}
	}
	return found, nil
}

// List returns a sequence node of the texts, with the position of origin.
func List(origin *yaml.Node, texts []string) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: origin.Line, Column: origin.Column}
	for _, text := range texts {
		out.Content = append(out.Content, Text(origin, text))
	}
	return out
}
