package intrinsic

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// call is a call of an intrinsic function, which is written as !Name argument or
// {Fn::Name: argument}.
type call struct {
	name     string // without Fn::
	argument *yaml.Node
}

// asCall parses n as a call. It returns false if n is not a call. A node with a custom
// tag is always a call.
func asCall(n *yaml.Node) (call, bool, error) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return call{name: n.Tag[1:], argument: untagged(n)}, true, nil
	}
	if n.Kind != yaml.MappingNode {
		return call{}, false, nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Value
		name, isFunction := strings.CutPrefix(key, "Fn::")
		if !isFunction && key != "Ref" {
			continue
		}
		if len(n.Content) != 2 {
			return call{}, false, at(n, "%s must be the only member of its mapping", key)
		}
		return call{name: name, argument: n.Content[1]}, true, nil
	}
	return call{}, false, nil
}

func untagged(n *yaml.Node) *yaml.Node {
	out := *n
	switch n.Kind {
	case yaml.MappingNode:
		out.Tag = "!!map"
	case yaml.SequenceNode:
		out.Tag = "!!seq"
	default:
		out.Tag = "!!str"
	}
	return &out
}

func (s *Scope) evaluate(c call) (*yaml.Node, error) {
	switch c.name {
	case "Ref":
		return s.ref(c.argument)
	case "GetAtt":
		return s.getAtt(c.argument)
	case "Sub":
		return s.sub(c.argument)
	case "Join":
		return s.join(c.argument)
	case "Select":
		return s.selectItem(c.argument)
	case "Split":
		return s.split(c.argument)
	case "FindInMap":
		return s.findInMap(c.argument)
	case "If":
		return s.branch(c.argument)
	default:
		return nil, at(c.argument, "the function %s is not supported by the laptop cloud", c.name)
	}
}

// arguments returns the arguments of a call. It fails if their number is not count.
func arguments(name string, n *yaml.Node, count int) ([]*yaml.Node, error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != count {
		return nil, at(n, "%s takes a list of %d", name, count)
	}
	return n.Content, nil
}
