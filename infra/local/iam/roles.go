// Package iam decides what functions may do, by the IAM statements of their
// roles in the template. Inside: statements, conditions, refusals as AWS words
// them, and a record of what was granted, used and refused. Not inside: what a
// call does, which the services beside this package read for themselves.
package iam

import (
	"errors"
	"fmt"
	"strings"

	"livechat/infra/local/template"
)

// Roles are those of all functions, with the record of their use.
type Roles struct {
	policies map[string]*policy
	usage    usage
	log      func(line string)
}

// Access is one thing that a call does, as IAM sees it.
type Access struct {
	Action   string // dynamodb:GetItem
	Resource string // an ARN, or * for a call without a resource
	// Context has the values of condition keys, such as the partition keys
	// touched; a nil value is one that could not be read.
	Context map[string][]*string
}

// New checks the statements, which are given by function. Log gets a line for
// each refusal.
func New(statements map[string][]template.Statement, log func(line string)) (*Roles, error) {
	r := &Roles{policies: map[string]*policy{}, log: log}
	for function, list := range statements {
		p, err := compile(list)
		if err != nil {
			return nil, fmt.Errorf("policies of %s: %w", function, err)
		}
		r.policies[function] = p
	}
	return r, nil
}

// May returns nil when the function may do that, else an error in AWS's words.
// Where the same can be had by several resources, one of the accesses is enough;
// a Deny of any is a no.
func (r *Roles) May(function string, ways ...Access) error {
	p := r.policies[function]
	if p == nil {
		return errors.New("the template has no function " + function)
	}
	way, v := p.best(ways)
	r.usage.note(function, way, v, p.used(way))
	if v.allowed {
		return nil
	}
	r.log(fmt.Sprintf("%s may not %s on %s: %s", function, way.Action, shortResource(way.Resource), v.reason))
	user := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s-role/%s", template.Account, function, function)
	return fmt.Errorf("User: %s is not authorized to perform: %s on resource: %s %s", user, way.Action, way.Resource, v.aws(way)) //nolint:staticcheck // AWS's words
}

// shortResource leaves out what all resources share: partition, service, region
// and account.
func shortResource(resource string) string {
	parts := strings.SplitN(resource, ":", 6)
	return parts[len(parts)-1]
}
