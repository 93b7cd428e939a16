package intrinsic

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Parameters returns the value of each parameter in the section, which is the given value
// or else the default. It checks the values as CloudFormation does at deployment.
func Parameters(section *yaml.Node, given map[string]string) (map[string]*yaml.Node, error) {
	values := map[string]*yaml.Node{}
	if section != nil {
		for i := 0; i < len(section.Content); i += 2 {
			name := section.Content[i]
			value, err := parameter(name, section.Content[i+1], given)
			if err != nil {
				return nil, err
			}
			values[name.Value] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := values[name]; !ok {
			return nil, fmt.Errorf("the template has no parameter %q", name)
		}
	}
	return values, nil
}

type declaration struct {
	Type                  string    `yaml:"Type"`
	Default               *string   `yaml:"Default"`
	AllowedValues         []string  `yaml:"AllowedValues"`
	AllowedPattern        string    `yaml:"AllowedPattern"`
	ConstraintDescription string    `yaml:"ConstraintDescription"`
	Description           yaml.Node `yaml:"Description"`
	NoEcho                yaml.Node `yaml:"NoEcho"`
	MinValue              *float64  `yaml:"MinValue"`
	MaxValue              *float64  `yaml:"MaxValue"`
	MinLength             *int      `yaml:"MinLength"`
	MaxLength             *int      `yaml:"MaxLength"`
}

func parameter(name, n *yaml.Node, given map[string]string) (*yaml.Node, error) {
	var d declaration
	if err := n.Load(&d, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("parameter %s: %w", name.Value, err)
	}
	text, ok := given[name.Value]
	if !ok && d.Default == nil {
		return nil, at(name, "the parameter %s has no default and was not given", name.Value)
	}
	if !ok {
		text = *d.Default
	}
	switch d.Type {
	case "CommaDelimitedList":
	case "Number":
		value := Text(name, text)
		value.Tag = "" // YAML infers the type from the text
		return value, d.check(name, text)
	default:
		return Text(name, text), d.check(name, text)
	}
	items := strings.Split(text, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
		if err := d.check(name, items[i]); err != nil {
			return nil, err
		}
	}
	return List(name, items), nil
}

func (d declaration) check(name *yaml.Node, text string) error {
	if len(d.AllowedValues) > 0 && !slices.Contains(d.AllowedValues, text) {
		return d.refusal(name, text, "must be one of "+strings.Join(d.AllowedValues, ", ")+".")
	}
	if err := d.checkPattern(name, text); err != nil {
		return err
	}
	if d.MinLength != nil && len(text) < *d.MinLength || d.MaxLength != nil && len(text) > *d.MaxLength {
		return d.refusal(name, text, "has a wrong length.")
	}
	if d.Type == "Number" {
		return d.checkNumber(name, text)
	}
	return nil
}

func (d declaration) checkPattern(name *yaml.Node, text string) error {
	if d.AllowedPattern == "" {
		return nil
	}
	// CloudFormation requires the whole value to match.
	pattern, err := regexp.Compile("^(?:" + d.AllowedPattern + ")$")
	if err != nil {
		return at(name, "the pattern of %s: %v", name.Value, err)
	}
	if !pattern.MatchString(text) {
		return d.refusal(name, text, "must match "+d.AllowedPattern)
	}
	return nil
}

func (d declaration) checkNumber(name *yaml.Node, text string) error {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return d.refusal(name, text, "must be a number.")
	}
	if d.MinValue != nil && number < *d.MinValue || d.MaxValue != nil && number > *d.MaxValue {
		return d.refusal(name, text, "is out of its range.")
	}
	return nil
}

// refusal returns the error for an invalid value. It uses the parameter's
// ConstraintDescription, if there is one, and otherwise why.
func (d declaration) refusal(name *yaml.Node, text, why string) error {
	if d.ConstraintDescription != "" {
		why = d.ConstraintDescription
	}
	return at(name, "the parameter %s=%q %s", name.Value, text, why)
}
