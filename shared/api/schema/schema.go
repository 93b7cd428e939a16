package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"livechat/shared/livechat"
)

// Check describes a value. Its method returns the value to use, which for scalars can
// differ from the value that was sent.
type Check interface {
	check(value any) (any, error)
}

// Object is a JSON object with only these members.
type Object []Member

// Member is one member of an object.
type Member struct {
	Name     string
	Check    Check
	Optional bool
}

// Required returns a member that must be present.
func Required(name string, c Check) Member { return Member{Name: name, Check: c} }

// Optional returns a member that may be absent.
func Optional(name string, c Check) Member { return Member{Name: name, Check: c, Optional: true} }

func (o Object) check(value any) (any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("must be object")
	}
	for _, m := range o {
		if _, existing := object[m.Name]; !existing && !m.Optional {
			return nil, invalid("must have required property '%s'", m.Name)
		}
	}
	for name := range object {
		if !slices.ContainsFunc(o, func(m Member) bool { return m.Name == name }) {
			return nil, invalid("must NOT have additional properties")
		}
	}
	for _, m := range o {
		value, existing := object[m.Name]
		if !existing {
			continue
		}
		checked, err := m.Check.check(value)
		if err != nil {
			return nil, err
		}
		object[m.Name] = checked
	}
	return object, nil
}

// Open is an object that may have other members, which are dropped.
type Open Object

func (o Open) check(value any) (any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("must be object")
	}
	known := map[string]any{}
	for _, m := range o {
		if member, existing := object[m.Name]; existing {
			known[m.Name] = member
		}
	}
	return Object(o).check(known)
}

// Either describes an object. If the object has any of the members IfAny, Then applies,
// else Otherwise.
type Either struct {
	IfAny           []string
	Then, Otherwise Object
}

func (e Either) check(value any) (any, error) {
	object, _ := value.(map[string]any)
	for _, name := range e.IfAny {
		if _, existing := object[name]; existing {
			return e.Then.check(value)
		}
	}
	return e.Otherwise.check(value)
}

// Text is a string of Min to Max characters.
type Text struct{ Min, Max int }

func (t Text) check(value any) (any, error) {
	text, ok := coerce(value)
	if !ok {
		return nil, invalid("must be string")
	}
	if strings.Contains(text, "\x00") {
		return nil, invalid("must be valid text")
	}
	if utf8.RuneCountInString(text) > t.Max {
		return nil, TooLong(t.Max)
	}
	if utf8.RuneCountInString(text) < t.Min {
		return nil, invalid("must NOT have fewer than %d characters", t.Min)
	}
	return text, nil
}

// Map is an object with at most Max members of any name.
type Map struct {
	Max int
	Of  Check
}

func (m Map) check(value any) (any, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("must be object")
	}
	if len(object) > m.Max {
		return nil, invalid("must NOT have more than %d properties", m.Max)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, err := (Text{Max: MaxName}).check(name); err != nil {
			return nil, err
		}
		checked, err := m.Of.check(object[name])
		if err != nil {
			return nil, err
		}
		object[name] = checked
	}
	return object, nil
}

// MaxName limits the characters in the name of a Map's member.
const MaxName = 256

// OneOf is one of the listed texts.
type OneOf []string

func (o OneOf) check(value any) (any, error) {
	text, ok := coerce(value)
	if !ok {
		return nil, invalid("must be string")
	}
	if !slices.Contains(o, text) {
		return nil, invalid("must be equal to one of the allowed values")
	}
	return text, nil
}

// TooLong returns the error for a text of more than limit characters.
func TooLong(limit int) error { return invalid("must NOT have more than %d characters", limit) }

// Bool is true or false.
type Bool struct{}

func (Bool) check(value any) (any, error) {
	// ajv coerces "true", "false", 0, 1 and null.
	text, scalar := coerce(value)
	_, isText := value.(string)
	switch {
	case !scalar:
	case text == "true", text == "1" && !isText:
		return true, nil
	case text == "false", text == "0" && !isText, value == nil:
		return false, nil
	}
	return nil, invalid("must be boolean")
}

// List is an array of Min to Max items. A Max of 0 means no limit.
type List struct {
	Min int
	Max int
	Of  Check
	// OrText also accepts a text that contains a JSON list.
	OrText bool
}

func (l List) check(value any) (any, error) {
	if text, ok := value.(string); ok && l.OrText {
		value, _ = parse([]byte(text))
	}
	items, ok := value.([]any)
	if !ok {
		return nil, invalid("must be array")
	}
	if len(items) < l.Min {
		return nil, invalid("must NOT have fewer than %d items", l.Min)
	}
	if l.Max > 0 && len(items) > l.Max {
		return nil, invalid("must NOT have more than %d items", l.Max)
	}
	for i, item := range items {
		checked, err := l.Of.check(item)
		if err != nil {
			return nil, err
		}
		items[i] = checked
	}
	return items, nil
}

func invalid(format string, a ...any) error {
	return livechat.NewTypedRefusal("invalid-params", fmt.Sprintf(format, a...))
}
