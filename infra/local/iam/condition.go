package iam

import (
	"fmt"
	"regexp"
	"strings"

	"livechat/infra/local/template"
)

// The condition keys that are understood.
const (
	// LeadingKeys are the partition keys that a call of DynamoDB touches.
	LeadingKeys = "dynamodb:LeadingKeys"
	// FromAddress is the sender's of a mail.
	FromAddress = "ses:FromAddress"
)

// condition wants values of a key to match one of the patterns.
type condition struct {
	key string
	// all wants each value to match, and is content with none: so says
	// ForAllValues. Else there must be one, and it must match.
	all      bool
	texts    []string // the patterns as they are written
	patterns []*regexp.Regexp
}

func compileConditions(s template.Statement) ([]condition, error) {
	var all []condition
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if key != LeadingKeys && key != FromAddress {
				return nil, fmt.Errorf("the condition key %s is not known to the laptop's cloud", key)
			}
			kind, each := strings.CutPrefix(operator, "ForAllValues:")
			c := condition{key: key, all: each, texts: values}
			switch {
			case each != (key == LeadingKeys): // the one key has many values, the other one
				return nil, fmt.Errorf("the condition operator %s of %s is not known to the laptop's cloud", operator, key)
			case kind == "StringLike":
				c.patterns = wildcards(values, "(?s)")
			case kind == "StringEquals":
				c.patterns = literals(values)
			default:
				return nil, fmt.Errorf("the condition operator %s is not known to the laptop's cloud", operator)
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
