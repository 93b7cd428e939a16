package iam

import (
	"fmt"
	"regexp"
	"strings"

	"livechat/infra/local/template"
)

// The supported condition keys.
const (
	// LeadingKeys are the partition keys that a DynamoDB call touches.
	LeadingKeys = "dynamodb:LeadingKeys"
	// FromAddress is the sender's address of a mail.
	FromAddress = "ses:FromAddress"
)

// condition requires the values of a key to match one of the patterns.
type condition struct {
	key string
	// all requires each value to match, and accepts no values, like ForAllValues.
	// Otherwise there must be a value, and it must match.
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
			case each != (key == LeadingKeys): // only LeadingKeys has several values
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
