package template

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Rule is a rule that invokes a function for each event on the default bus that matches
// the rule's pattern.
type Rule struct {
	Function string
	Name     string
	pattern  map[string]any
}

func (f *Function) rule(name string, n *yaml.Node) error {
	var p struct {
		Pattern    map[string]any `yaml:"Pattern"`
		Bus        string         `yaml:"EventBusName"`
		Name       yaml.Node      `yaml:"RuleName"`
		State      string         `yaml:"State"`
		Retry      yaml.Node      `yaml:"RetryPolicy"`
		DeadLetter yaml.Node      `yaml:"DeadLetterConfig"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if p.Bus != "" && p.Bus != "default" {
		return fmt.Errorf("line %d: the laptop cloud has only the default event bus, not %s", n.Line, p.Bus)
	}
	if err := checkPattern(p.Pattern); err != nil {
		return fmt.Errorf("line %d: Pattern: %w", n.Line, err)
	}
	if p.State != "DISABLED" {
		f.Rules = append(f.Rules, Rule{Function: f.ID, Name: name, pattern: p.Pattern})
	}
	return nil
}

// checkPattern refuses patterns that Matches does not support, such as content filters. A
// pattern may only contain members and lists of strings.
func checkPattern(pattern map[string]any) error {
	if len(pattern) == 0 {
		return fmt.Errorf("matches nothing")
	}
	for name, wanted := range pattern {
		switch wanted := wanted.(type) {
		case map[string]any:
			if err := checkPattern(wanted); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		case []any:
			for _, element := range wanted {
				if _, text := element.(string); !text {
					return fmt.Errorf("%s: the laptop cloud does not support %v; write a text", name, element)
				}
			}
		default:
			return fmt.Errorf("%s: %v is neither members nor a list", name, wanted)
		}
	}
	return nil
}

// Matches reports whether the rule's pattern matches the event. The event must have each
// member of the pattern, with one of the listed values.
func (r Rule) Matches(event map[string]any) bool { return matches(r.pattern, event) }

func matches(pattern, event map[string]any) bool {
	for name, wanted := range pattern {
		switch wanted := wanted.(type) {
		case map[string]any:
			members, _ := event[name].(map[string]any)
			if !matches(wanted, members) {
				return false
			}
		case []any:
			if !anyOf(wanted, event[name]) {
				return false
			}
		}
	}
	return true
}

// anyOf reports whether wanted contains the value. If the value is a list, wanted must
// contain one of its elements.
func anyOf(wanted []any, value any) bool {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, element := range list {
		for _, w := range wanted {
			if element == w {
				return true
			}
		}
	}
	return false
}
