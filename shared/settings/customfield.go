package settings

import (
	"fmt"
	"regexp"

	"livechat/shared/validate"
)

// CustomField is an additional member of visitors or rooms, defined by a setting.
type CustomField struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Scope    string `json:"scope"`
	Required bool   `json:"required"`
	// Regexp is the pattern that a value must match. If it is empty, any value matches.
	Regexp  string `json:"regexp"`
	pattern *regexp.Regexp
}

// The values of CustomField.Scope.
const (
	ScopeVisitor = "visitor"
	ScopeRoom    = "room"
)

// Matches reports whether the field can have the value.
func (f CustomField) Matches(value string) bool { return f.pattern.MatchString(value) }

func readCustomFields(s *Settings, value string) error {
	fields, err := validate.ReadList[CustomField](value, "fields")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Key == "":
			return fmt.Errorf("field %d has no key", i+1)
		case seen[f.Key]:
			return fmt.Errorf("key %q occurs twice", f.Key)
		case f.Scope != ScopeVisitor && f.Scope != ScopeRoom:
			return fmt.Errorf("field %q: scope %q is neither visitor nor room", f.Key, f.Scope)
		}
		seen[f.Key] = true
		if f.Label == "" {
			f.Label = f.Key
		}
		pattern, err := regexp.Compile(f.Regexp)
		if err != nil {
			return fmt.Errorf("field %q: regexp: %w", f.Key, err)
		}
		f.pattern = pattern
	}
	s.CustomFields = fields
	return nil
}
