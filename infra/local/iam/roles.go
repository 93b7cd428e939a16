// Package iam decides which accesses a function may make, by the IAM statements of its
// role in the template. It implements statements and conditions, words refusals as AWS
// does, and records which permissions were granted, used and refused. The packages of the
// services determine the accesses of a call.
package iam

import (
	"errors"
	"fmt"
	"strings"

	"livechat/infra/local/template"
)

// Roles holds the roles of all functions and records their use.
type Roles struct {
	policies map[string]*policy
	usage    usage
	log      func(line string)
}

// Access describes an action of a call on one resource, in IAM's terms.
type Access struct {
	Action   string // dynamodb:GetItem
	Resource string // an ARN, or * for a call without a resource
	// Context holds the values of condition keys, for example the partition keys that a
	// call uses. A value is nil if it could not be parsed.
	Context map[string][]*string
}

// New returns the roles with the statements, which are keyed by function. log receives a
// line for each refusal.
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

// May returns nil if the function may make the access, and otherwise an error in AWS's
// wording. If different resources can grant the access, ways lists an Access for each of
// them. One Allow is then enough, but a Deny for any of them refuses the access.
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
	const refusal = "User: %s is not authorized to perform: %s on resource: %s %s"
	return fmt.Errorf(refusal, user, way.Action, way.Resource, v.aws(way)) //nolint:staticcheck // AWS's wording
}

// shortResource returns the resource without its partition, service, region and account.
func shortResource(resource string) string {
	parts := strings.SplitN(resource, ":", 6)
	return parts[len(parts)-1]
}
