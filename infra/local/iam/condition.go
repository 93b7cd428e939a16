package iam

import (
	"fmt"
	"regexp"
	"strings"

	"livechat/infra/local/template"
)

// The supported condition keys.
const (
	// LeadingKeys is the condition key for the partition keys that a DynamoDB call uses.
	LeadingKeys = "dynamodb:LeadingKeys"
	// FromAddress is the condition key for a mail's sender address.
	FromAddress = "ses:FromAddress"
)

// condition requires that the values of a condition key match its patterns.
type condition struct {
	key string
	// all reports whether the operator is ForAllValues, which also accepts an access without
	// values. Otherwise the access must have a value. In both cases, each value must
	// match one of the patterns.
	all      bool
	texts    []string // the patterns as written
	patterns []*regexp.Regexp
}

func compileConditions(s template.Statement) ([]condition, error) {
	var all []condition
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if key != LeadingKeys && key != FromAddress {
				return nil, fmt.Errorf("the laptop cloud does not support the condition key %s", key)
			}
			kind, each := strings.CutPrefix(operator, "ForAllValues:")
			c := condition{key: key, all: each, texts: values}
			switch {
			case each != (key == LeadingKeys): // only LeadingKeys can have several values
				return nil, fmt.Errorf("the laptop cloud does not support the condition operator %s of %s", operator, key)
			case kind == "StringLike":
				c.patterns = wildcards(values, "(?s)")
			case kind == "StringEquals":
				c.patterns = literals(values)
			default:
				return nil, fmt.Errorf("the laptop cloud does not support the condition operator %s", operator)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

func (c condition) holds(a Access) bool {
	values := a.Context[c.key]
	for _, value := range values {
		if value == nil || !matchesAny(c.patterns, *value) {
			return false
		}
	}
	return c.all || len(values) > 0
}

func literals(values []string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, v := range values {
		out = append(out, regexp.MustCompile("^"+regexp.QuoteMeta(v)+"$"))
	}
	return out
}
