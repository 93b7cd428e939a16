package intrinsic

import "go.yaml.in/yaml/v4"

// Holds evaluates the condition with the name. n is the node that refers to the
// condition, for error messages.
func (s *Scope) Holds(n *yaml.Node, name string) (bool, error) {
	return s.condition(n, name, nil)
}

// condition evaluates the condition with the name. outer lists the conditions that are
// being evaluated, so that condition can refuse a cycle.
func (s *Scope) condition(n *yaml.Node, name string, outer []string) (bool, error) {
	for _, o := range outer {
		if o == name {
			return false, at(n, "the condition %q depends on itself", name)
		}
	}
	definition := Member(s.Conditions, name)
	if definition == nil {
		return false, at(n, "there is no condition %q", name)
	}
	return s.verdict(definition, append(outer, name))
}

func (s *Scope) verdict(n *yaml.Node, outer []string) (bool, error) {
	if n.Kind == yaml.AliasNode {
		return s.verdict(n.Alias, outer)
	}
	if name := Member(n, "Condition"); n.Kind == yaml.MappingNode && name != nil {
		return s.condition(n, name.Value, outer)
	}
	c, is, err := asCall(n)
	if err != nil {
		return false, err
	}
	if !is {
		return false, at(n, "a condition function is needed here")
	}
	switch c.name {
	case "Condition":
		return s.condition(n, c.argument.Value, outer)
	case "Equals":
		return s.equals(c.argument)
	case "Not":
		return s.not(c.argument, outer)
	case "And":
		return s.all(c.argument, outer)
	case "Or":
		return s.anyOf(c.argument, outer)
	default:
		return false, at(n, "%s is not a condition function", c.name)
	}
}

func (s *Scope) equals(n *yaml.Node) (bool, error) {
	parts, err := arguments("Equals", n, 2)
	if err != nil {
		return false, err
	}
	left, err := s.text(parts[0])
	if err != nil {
		return false, err
	}
	right, err := s.text(parts[1])
	return left == right, err
}

func (s *Scope) not(n *yaml.Node, outer []string) (bool, error) {
	parts, err := arguments("Not", n, 1)
	if err != nil {
		return false, err
	}
	held, err := s.verdict(parts[0], outer)
	return !held, err
}

func (s *Scope) all(n *yaml.Node, outer []string) (bool, error) {
	for _, part := range n.Content {
		held, err := s.verdict(part, outer)
		if err != nil || !held {
			return false, err
		}
	}
	return true, nil
}

func (s *Scope) anyOf(n *yaml.Node, outer []string) (bool, error) {
	for _, part := range n.Content {
		held, err := s.verdict(part, outer)
		if err != nil || held {
			return held, err
		}
	}
	return false, nil
}

// branch evaluates If: [condition, value if true, value if false].
func (s *Scope) branch(n *yaml.Node) (*yaml.Node, error) {
	parts, err := arguments("If", n, 3)
	if err != nil {
		return nil, err
	}
	held, err := s.Holds(parts[0], parts[0].Value)
	if err != nil {
		return nil, err
	}
	if held {
		return s.Resolve(parts[1])
	}
	return s.Resolve(parts[2])
}
