package livechat

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// CustomField is something a visitor or room may have that this website asks
// for, defined by a setting.
type CustomField struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Scope    string `json:"scope"`
	Required bool   `json:"required"`
	// Regexp is what a value must match; empty for any value.
	Regexp  string `json:"regexp"`
	pattern *regexp.Regexp
}

// The values of CustomField.Scope.
const (
	ScopeVisitor = "visitor"
	ScopeRoom    = "room"
)

// CustomFieldValue is a value as it was sent. Without Overwrite, a value that
// is there already stays.
type CustomFieldValue struct {
	Key       string `json:"key"`
	Value     string `json:"value"`
	Overwrite bool   `json:"overwrite"`
}

// fillIn returns the data with the values of the defined fields put in. Others
// are ignored. A required field that has no value, or a value that does not
// match its field, is refused.
func fillIn(data map[string]string, sent []CustomFieldValue, fields []CustomField) (map[string]string, error) {
	filled := maps.Clone(data)
	var missing []string
	for _, f := range fields {
		if f.Scope != ScopeVisitor {
			continue
		}
		given := false
		for _, s := range sent {
			if s.Key != f.Key {
				continue
			}
			given = given || strings.TrimSpace(s.Value) != ""
			if !f.pattern.MatchString(s.Value) {
				return nil, Refuse(withCode(fmt.Sprintf("Invalid value for %s field", f.Label), "error-invalid-custom-field-value"))
			}
			if _, old := data[f.Key]; old && !s.Overwrite {
				continue
			}
			if filled == nil {
				filled = map[string]string{}
			}
			filled[f.Key] = s.Value
		}
		if f.Required && !given {
			missing = append(missing, f.Key)
		}
	}
	if len(missing) > 0 {
		return nil, Refuse("Missing required custom fields: " + strings.Join(missing, ", "))
	}
	return filled, nil
}
