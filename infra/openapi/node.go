package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Member returns the named member of a mapping, or nil.
func Member(n *yaml.Node, name string) *yaml.Node {
	for member, value := range Members(n) {
		if member == name {
			return value
		}
	}
	return nil
}

// Members iterates over the members of a mapping in their order in the document. A nil
// node has no members.
func Members(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// Items returns the items of a list. A nil node has no items.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// Text returns the value of the named scalar member, or an empty string.
func Text(n *yaml.Node, name string) string {
	if value := Member(n, name); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}

// reference is the prefix of a $ref within the document.
const reference = "#/"

// Resolve returns the node to which n's $ref refers, or n if it has no $ref. It follows a
// chain of references. It fails if a reference does not exist or is circular.
func (d *Document) Resolve(n *yaml.Node) (*yaml.Node, error) {
	resolved, _, err := d.follow(n, nil)
	return resolved, err
}

// follow is like Resolve, but also returns the node's place in the document. at is the
// place of n.
func (d *Document) follow(n *yaml.Node, at []string) (*yaml.Node, []string, error) {
	seen := map[string]bool{}
	for {
		pointer := Text(n, "$ref")
		if pointer == "" {
			return n, at, nil
		}
		if seen[pointer] {
			return nil, nil, fmt.Errorf("line %d: $ref %s is circular", n.Line, pointer)
		}
		seen[pointer] = true
		path, own := strings.CutPrefix(pointer, reference)
		if !own {
			return nil, nil, fmt.Errorf("line %d: $ref %s points outside the document", n.Line, pointer)
		}
		line := n.Line
		n, at = d.root, strings.Split(path, "/")
		for i, step := range at {
			at[i] = unescape.Replace(step)
			if n = Member(n, at[i]); n == nil {
				return nil, nil, fmt.Errorf("line %d: $ref %s does not exist", line, pointer)
			}
		}
	}
}

// The escapes of a JSON pointer (RFC 6901).
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointer returns the JSON pointer of a place.
func pointer(at []string) string {
	var p strings.Builder
	for _, step := range at {
		p.WriteString("/" + escape.Replace(step))
	}
	return p.String()
}

// NodeJSON returns the node as JSON, with members in the node's order.
func NodeJSON(n *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	err := writeJSON(&out, n)
	return out.Bytes(), err
}

// writeJSON writes the node as JSON, with members in the node's order.
func writeJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		return writeObject(out, n)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, item); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		return writeScalar(out, n)
	default:
		return fmt.Errorf("line %d: JSON has no aliases", n.Line)
	}
}

func writeObject(out *bytes.Buffer, n *yaml.Node) error {
	out.WriteByte('{')
	first := true
	for name, value := range Members(n) {
		if !first {
			out.WriteByte(',')
		}
		first = false
		if err := writeText(out, name); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := writeJSON(out, value); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

func writeScalar(out *bytes.Buffer, n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!str":
		return writeText(out, n.Value)
	case "!!int", "!!float", "!!bool", "!!null":
		if !json.Valid([]byte(n.Value)) {
			return fmt.Errorf("line %d: JSON has no number %q", n.Line, n.Value)
		}
		out.WriteString(n.Value)
		return nil
	default:
		return fmt.Errorf("line %d: JSON has no %s, for example %q; quote it", n.Line, n.ShortTag(), n.Value)
	}
}

// writeText writes a JSON string. It does not escape < and >, as json.Marshal does.
func writeText(out *bytes.Buffer, text string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // remove the encoder's newline
	return nil
}
