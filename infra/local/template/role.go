package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// roleARN returns the ARN of a role.
func roleARN(id string) string { return rolePrefix + id }

const rolePrefix = "arn:aws:iam::" + Account + ":role/"

// statements returns the statements of the function's role. The template declares the
// role, or else SAM creates it from Policies.
func (r *reader) statements(p functionProperties) ([]Statement, error) {
	if p.Role == "" {
		return statements(&p.Policies)
	}
	id, ours := strings.CutPrefix(p.Role, rolePrefix)
	n := r.declared(id)
	if !ours || n == nil {
		return nil, fmt.Errorf("the role %s is not declared in the template", p.Role)
	}
	properties, err := r.properties(n)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	found, err := roleStatements(properties)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	return found, nil
}

func roleStatements(role *yaml.Node) ([]Statement, error) {
	var p struct {
		Trust       yaml.Node `yaml:"AssumeRolePolicyDocument"`
		Description yaml.Node `yaml:"Description"`
		Tags        yaml.Node `yaml:"Tags"`
		Policies    []struct {
			Name     string    `yaml:"PolicyName"`
			Document yaml.Node `yaml:"PolicyDocument"`
		} `yaml:"Policies"`
	}
	if err := decodeSupported(role, &p); err != nil {
		return nil, err
	}
	var all []Statement
	for _, inline := range p.Policies {
		found, err := policy(&inline.Document)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", inline.Name, err)
		}
		all = append(all, found...)
	}
	return all, nil
}
