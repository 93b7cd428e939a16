package livechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Settings are what an operator can change while the service runs.
type Settings struct {
	LivechatEnabled         bool
	AcceptChatsWithNoAgents bool
	RoutingMethod           string
	SurveyAnswersReplace    bool
	CustomFields            []CustomField
}

// The values of RoutingMethod.
const (
	RoutingAuto   = "auto"
	RoutingManual = "manual"
)

// Setting describes one setting: what it is called, which values it takes and
// what it does.
type Setting struct {
	Name        string
	Type        string
	Default     string
	Description string
	// read puts a value into the settings, or says what is wrong with it.
	read func(*Settings, string) error
}

// SettingsList has every setting there is.
var SettingsList = []Setting{
	boolean("livechatEnabled", true,
		"Rooms can be opened. When false, only existing rooms can be used.",
		func(s *Settings) *bool { return &s.LivechatEnabled }),
	boolean("acceptChatsWithNoAgents", true,
		"Rooms can be opened while no agent is online; they wait in the queue.",
		func(s *Settings) *bool { return &s.AcceptChatsWithNoAgents }),
	choice("routingMethod", []string{RoutingAuto, RoutingManual},
		"auto gives a new room to the least busy online agent; manual leaves every new room in the queue.",
		func(s *Settings) *string { return &s.RoutingMethod }),
	boolean("surveyAnswersReplace", false,
		"New survey answers replace all earlier ones of the room. When false, they are merged into them.",
		func(s *Settings) *bool { return &s.SurveyAnswersReplace }),
	{
		Name: "customFields", Type: "JSON list", Default: "[]",
		Description: `What a visitor may be registered with beside name, e-mail and phone: a list of ` +
			`{"key":"crmId","label":"CRM id","scope":"visitor","required":false,"regexp":"^[0-9]+$"}; scope is visitor or room.`,
		read: readCustomFields,
	},
}

// ErrUnknownSetting is the answer for a name that no setting has.
var ErrUnknownSetting = errors.New("no such setting")

// NewSettings returns the settings with the changed values, by name; the rest
// have their defaults. Names that are unknown, as after going back to an older
// version, are passed over.
func NewSettings(changed map[string]string) (Settings, error) {
	var settings Settings
	for _, s := range SettingsList {
		value, ok := changed[s.Name]
		if !ok {
			value = s.Default
		}
		if err := s.read(&settings, value); err != nil {
			return Settings{}, fmt.Errorf("setting %s: %w", s.Name, err)
		}
	}
	return settings, nil
}

// CheckSetting says what is wrong with a value for the named setting; nil when
// it can be set.
func CheckSetting(name, value string) error {
	for _, s := range SettingsList {
		if s.Name == name {
			return s.read(&Settings{}, value)
		}
	}
	return ErrUnknownSetting
}

func boolean(name string, standard bool, description string, field func(*Settings) *bool) Setting {
	return Setting{
		Name: name, Type: "true or false", Default: fmt.Sprint(standard), Description: description,
		read: func(s *Settings, value string) error {
			if value != "true" && value != "false" {
				return fmt.Errorf("%q is neither true nor false", value)
			}
			*field(s) = value == "true"
			return nil
		},
	}
}

// choice takes one of the given values, the first by default.
func choice(name string, values []string, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: strings.Join(values, " or "), Default: values[0], Description: description,
		read: func(s *Settings, value string) error {
			for _, v := range values {
				if v == value {
					*field(s) = value
					return nil
				}
			}
			return fmt.Errorf("%q is none of %s", value, strings.Join(values, ", "))
		},
	}
}

func readCustomFields(s *Settings, value string) error {
	var fields []CustomField
	d := json.NewDecoder(strings.NewReader(value))
	d.DisallowUnknownFields()
	if err := d.Decode(&fields); err != nil {
		return fmt.Errorf("must be a JSON list of fields: %w", err)
	}
	if d.More() {
		return errors.New("must be one JSON list of fields, and nothing behind it")
	}
	seen := map[string]bool{}
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Key == "":
			return fmt.Errorf("field %d has no key", i+1)
		case seen[f.Key]:
			return fmt.Errorf("key %q stands there twice", f.Key)
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
