package template

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// Statement is one IAM statement of a function's role.
type Statement struct {
	Line      int
	Allow     bool // false means an explicit Deny
	Actions   []string
	Resources []string
	// Condition holds the allowed values by operator and key, as in the policy.
	Condition map[string]map[string][]string
}

// harmless lists managed policies that only allow logging and tracing. They are ignored,
// because logging and tracing are always allowed on a laptop.
var harmless = []string{"AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess"}

func statements(policies *yaml.Node) ([]Statement, error) {
	items := policies.Content
	if policies.Kind != yaml.SequenceNode && !policies.IsZero() {
		items = []*yaml.Node{policies}
	}
	var all []Statement
	for _, item := range items {
		found, err := policy(item)
		if err != nil {
			return nil, fmt.Errorf("in Policies: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func policy(n *yaml.Node) ([]Statement, error) {
	if n.Kind == yaml.ScalarNode && slices.Contains(harmless, n.Value) {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: the laptop cloud does not support the managed policy %s; write statements", n.Line, n.Value)
	}
	list := intrinsic.Member(n, "Statement")
	if list == nil {
		return nil, fmt.Errorf("line %d: the laptop cloud does not support SAM policy templates; write statements", n.Line)
	}
	items := list.Content
	if list.Kind == yaml.MappingNode {
		items = []*yaml.Node{list}
	}
	var all []Statement
	for _, item := range items {
		s, err := statement(item)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func statement(n *yaml.Node) (Statement, error) {
	var p struct {
		ID        string                      `yaml:"Sid"`
		Effect    string                      `yaml:"Effect"`
		Action    texts                       `yaml:"Action"`
		Resource  texts                       `yaml:"Resource"`
		Condition map[string]map[string]texts `yaml:"Condition"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return Statement{}, err
	}
	if p.Effect != "Allow" && p.Effect != "Deny" {
		return Statement{}, fmt.Errorf("line %d: Effect must be Allow or Deny, not %q", n.Line, p.Effect)
	}
	if len(p.Action) == 0 || len(p.Resource) == 0 {
		return Statement{}, fmt.Errorf("line %d: a statement needs Action and Resource", n.Line)
	}
	s := Statement{Line: n.Line, Allow: p.Effect == "Allow", Actions: p.Action, Resources: p.Resource}
	for operator, keys := range p.Condition {
		if s.Condition == nil {
			s.Condition = map[string]map[string][]string{}
		}
		s.Condition[operator] = map[string][]string{}
		for key, values := range keys {
			s.Condition[operator][key] = values
		}
	}
	return s, nil
}

// texts is a list of strings that may be written as a single string.
type texts []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = texts{n.Value}
		return nil
	}
	return n.Load((*[]string)(t))
}
