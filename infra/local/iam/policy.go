package iam

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"livechat/infra/local/template"
)

// policy holds the statements of one function's role.
type policy struct {
	statements []statement
}

type statement struct {
	template.Statement
	actions    []*regexp.Regexp
	resources  []*regexp.Regexp
	conditions []condition
}

// verdict is the decision on one access.
type verdict struct {
	allowed bool
	denied  bool   // denied by a Deny, and not because an Allow is missing
	reason  string // for the developer
}

// compile compiles the statements about services that the laptop cloud has. It fails if a
// condition is not supported, because ignoring the condition could allow an access that
// AWS refuses.
func compile(statements []template.Statement) (*policy, error) {
	p := &policy{}
	for _, s := range statements {
		if !slices.ContainsFunc(s.Actions, onLaptop) {
			continue
		}
		conditions, err := compileConditions(s)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", s.Line, err)
		}
		p.statements = append(p.statements, statement{
			Statement:  s,
			actions:    wildcards(s.Actions, "(?is)"), // IAM's actions are case-insensitive
			resources:  wildcards(s.Resources, "(?s)"),
			conditions: conditions,
		})
	}
	return p, nil
}

// onLaptop reports whether the laptop cloud has the action's service. Statements about
// other services, such as logging, are ignored.
func onLaptop(action string) bool {
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	return service == "dynamodb" || service == "ses" || strings.Contains(service, "*")
}

// verdict decides as IAM does. It refuses the access if a Deny applies, or if no Allow
// applies.
func (p *policy) verdict(a Access) verdict {
	out := verdict{reason: "the template does not grant this action on that resource"}
	for _, s := range p.statements {
		if !s.applies(a) {
			continue
		}
		if !s.Allow {
			return verdict{denied: true, reason: fmt.Sprintf("the statement at line %d of the template denies it", s.Line)}
		}
		out = verdict{allowed: true}
	}
	return out
}

// best returns the access that decides, with its verdict. This is the first access that
// is denied, else the first that is allowed, else the first of all.
func (p *policy) best(ways []Access) (Access, verdict) {
	way, v := ways[0], p.verdict(ways[0])
	for _, other := range ways[1:] {
		if w := p.verdict(other); !v.denied && (w.denied || w.allowed && !v.allowed) {
			way, v = other, w
		}
	}
	return way, v
}

// aws returns the reason for refusing the access, in AWS's wording.
func (v verdict) aws(a Access) string {
	if v.denied {
		return "with an explicit deny in an identity-based policy"
	}
	return fmt.Sprintf("because no identity-based policy allows the %s action", a.Action)
}

func (s statement) applies(a Access) bool {
	return matchesAny(s.actions, a.Action) &&
		matchesAny(s.resources, a.Resource) &&
		!slices.ContainsFunc(s.conditions, func(c condition) bool { return !c.holds(a) })
}

func matchesAny(patterns []*regexp.Regexp, text string) bool {
	return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(text) })
}

// wildcards compiles IAM's patterns, in which * matches any text and ? matches any single
// character.
func wildcards(patterns []string, flags string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, p := range patterns {
		quoted := regexp.QuoteMeta(p)
		quoted = strings.ReplaceAll(quoted, `\*`, `.*`)
		quoted = strings.ReplaceAll(quoted, `\?`, `.`)
		out = append(out, regexp.MustCompile(flags+"^"+quoted+"$"))
	}
	return out
}
