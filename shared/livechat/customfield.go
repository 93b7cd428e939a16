package livechat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat/shared/settings"
)

// CustomFieldValue is a custom field's value in a request. It replaces an existing value
// only if Overwrite is set.
type CustomFieldValue struct {
	Key       string `json:"key"`
	Value     string `json:"value"`
	Overwrite bool   `json:"overwrite"`
}

// mergeCustomData returns data with the sent values of the defined visitor fields, and
// ignores other keys. It fails if a required value is missing, if a value does not match
// its field's pattern, or if the result is too large.
func mergeCustomData(data map[string]string, sent []CustomFieldValue, fields []settings.CustomField) (map[string]string, error) {
	filled := maps.Clone(data)
	var missing []string
	for _, f := range fields {
		if f.Scope != settings.ScopeVisitor {
			continue
		}
		given := false
		for _, s := range sent {
			if s.Key != f.Key {
				continue
			}
			given = given || strings.TrimSpace(s.Value) != ""
			if !f.Matches(s.Value) {
				return nil, invalidValue(f)
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
	if sizeOfData(filled) > maxVisitorData {
		return nil, tooMuchData(maxVisitorData)
	}
	if len(missing) > 0 {
		return nil, NewRefusal("Missing required custom fields: " + strings.Join(missing, ", "))
	}
	return filled, nil
}

// ErrInvalidCustomField means that no custom field has the key.
var ErrInvalidCustomField = NewRefusal("invalid-custom-field")

// SetCustomFields sets each value on the visitor or on the visitor's open room, depending
// on the field's scope. If the visitor has no open room, room is nil, and values for a
// room are dropped. The returned room is nil if none of the values is for a room.
//
// It fails if no field has one of the keys, if a value does not match its field's
// pattern, or if the values are too large in total.
func SetCustomFields(v Visitor, room *Room, sent []CustomFieldValue, fields []settings.CustomField, now Time) (Visitor, *Room, error) {
	var changed *Room
	was := v
	v.CustomData = maps.Clone(v.CustomData)
	for _, s := range sent {
		at := slices.IndexFunc(fields, func(f settings.CustomField) bool { return f.Key == s.Key })
		if at < 0 {
			return v, nil, ErrInvalidCustomField
		}
		f := fields[at]
		if !f.Matches(s.Value) {
			return v, nil, invalidValue(f)
		}
		if f.Scope == settings.ScopeVisitor {
			if _, old := v.CustomData[s.Key]; !old || s.Overwrite {
				v.CustomData = with(v.CustomData, s.Key, s.Value)
			}
			continue
		}
		if room == nil {
			continue
		}
		if changed == nil {
			next := *room
			next.CustomFields = maps.Clone(room.CustomFields)
			next.UpdatedAt = max(room.UpdatedAt, now)
			changed = &next
		}
		if _, old := changed.CustomFields[s.Key]; !old || s.Overwrite {
			changed.CustomFields = with(changed.CustomFields, s.Key, any(s.Value))
		}
	}
	if sizeOfData(v.CustomData) > maxVisitorData {
		return v, nil, tooMuchData(maxVisitorData)
	}
	if changed != nil && sizeOfData(changed.CustomFields) > maxRoomData {
		return v, nil, tooMuchData(maxRoomData)
	}
	return v.touched(was, now), changed, nil
}

// The maximum total size of a visitor's custom fields and of a room's custom fields, in
// bytes. Every read of a profile or room includes its custom fields, and every message
// rewrites the room.
const (
	maxVisitorData = 4 << 10
	maxRoomData    = 1 << 10
)

func tooMuchData(limit int) *Error {
	return NewTypedRefusal("error-custom-fields-too-long", fmt.Sprintf("Custom fields have %d bytes at most, all together", limit))
}

func sizeOfFields(fields []CustomFieldValue) int {
	bytes := 0
	for _, f := range fields {
		bytes += len(f.Key) + len(f.Value)
	}
	return bytes
}

func sizeOfData[V any](data map[string]V) int {
	bytes := 0
	for key, value := range data {
		bytes += len(key) + len(fmt.Sprint(value))
	}
	return bytes
}

// ValuesInScope returns the values of the fields with the given scope.
func ValuesInScope(values map[string]string, fields []settings.CustomField, scope string) []CustomFieldValue {
	var known []CustomFieldValue
	for _, f := range fields {
		if value, said := values[f.Key]; said && f.Scope == scope {
			known = append(known, CustomFieldValue{Key: f.Key, Value: value, Overwrite: true})
		}
	}
	return known
}

func with[V any](data map[string]V, key string, value V) map[string]V {
	if data == nil {
		data = map[string]V{}
	}
	data[key] = value
	return data
}

func invalidValue(f settings.CustomField) error {
	return NewRefusal(withCode(fmt.Sprintf("Invalid value for %s field", f.Label), "error-invalid-custom-field-value"))
}

// SetCountedFields calls SetCustomFields and counts the change. It counts in the room if
// a room's field changes, else in the profile. It can also fail with [RateLimitError].
func SetCountedFields(v Visitor, room *Room, sent []CustomFieldValue, settings settings.Settings, now Time) (Visitor, *Room, error) {
	next, changed, err := SetCustomFields(v, room, sent, settings.CustomFields, now)
	if err != nil {
		return v, nil, err
	}
	if changed == nil {
		next, err = next.CountEdit(v, settings, sizeOfFields(sent), now)
		return next, nil, err
	}
	changed.Usage, err = changed.Usage.Add(ProfileEditsPerToken, settings, sizeOfFields(sent), now)
	return next, changed, err
}
