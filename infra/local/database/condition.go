package database

import (
	"fmt"
	"regexp"

	"livechat/infra/local/template"
)

// condition is ForAllValues:StringLike or :StringEquals of dynamodb:LeadingKeys:
// each partition key that a call touches must match one of the patterns.
type condition struct {
	texts    []string // the patterns as they are written
	patterns []*regexp.Regexp
}

func compileConditions(s template.Statement) ([]condition, error) {
	var all []condition
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if key != "dynamodb:LeadingKeys" {
				return nil, fmt.Errorf("the condition key %s is not known to the laptop's cloud", key)
			}
			switch operator {
			case "ForAllValues:StringLike":
				all = append(all, condition{values, wildcards(values, "(?s)")})
			case "ForAllValues:StringEquals":
				all = append(all, condition{values, literals(values)})
			default:
				return nil, fmt.Errorf("the condition operator %s is not known to the laptop's cloud", operator)
			}
		}
	}
	return all, nil
}

// holds for a call without keys, such as a Scan, too: so says ForAllValues.
func (c condition) holds(a access) bool {
	for _, key := range a.leading {
		if key == nil || !matchesAny(c.patterns, *key) {
			return false
		}
	}
	return true
}

func literals(values []string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, v := range values {
		out = append(out, regexp.MustCompile("^"+regexp.QuoteMeta(v)+"$"))
	}
	return out
}
