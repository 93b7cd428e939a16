// Package settings defines the values that an operator can change while the service
// runs.
package settings

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Settings holds the values that an operator can change while the service runs.
type Settings struct {
	LivechatEnabled         bool
	AcceptChatsWithNoAgents bool
	RoutingMethod           string
	SurveyAnswersReplace    bool
	CustomFields            []CustomField
	CloseCommentRequired    bool
	ShowVisitorTokens       bool
	Widget                  Widget
	Delivery                Delivery
	Retention               Retention
	Limits                  Limits
	// Survey applies to departments without settings of their own, see SurveyOf.
	Survey      Survey
	departments map[string]Survey
}

// SurveyOf returns the settings of the department's surveys.
func (s Settings) SurveyOf(department string) Survey {
	if own, ok := s.departments[department]; ok {
		return own
	}
	return s.Survey
}

// Changes holds the values that an operator has set, by name.
type Changes struct {
	Values map[string]string `json:"values"`
	// Departments holds the values of single departments, by department id.
	Departments map[string]map[string]string `json:"departments,omitempty"`
}

// Set sets a value for the department, or for all departments if department is empty.
func (c *Changes) Set(name, department, value string) {
	if c.Values == nil {
		c.Values = map[string]string{}
	}
	if department == "" {
		c.Values[name] = value
		return
	}
	if c.Departments == nil {
		c.Departments = map[string]map[string]string{}
	}
	if c.Departments[department] == nil {
		c.Departments[department] = map[string]string{}
	}
	c.Departments[department][name] = value
}

// Reset removes a value.
func (c *Changes) Reset(name, department string) {
	if department == "" {
		delete(c.Values, name)
		return
	}
	delete(c.Departments[department], name)
	if len(c.Departments[department]) == 0 {
		delete(c.Departments, department)
	}
}

// The values of RoutingMethod.
const (
	RoutingAuto   = "auto"
	RoutingManual = "manual"
)

// RoutesAutomatically reports whether a new room is given to an agent at once.
func (s Settings) RoutesAutomatically() bool { return s.RoutingMethod == RoutingAuto }

// Setting describes one setting: its name, its values and its effect.
type Setting struct {
	Name string
	// Group is one of Groups.
	Group       string
	Type        string
	Default     string
	Description string
	// Warning is shown to an operator who sets another value than the default.
	Warning string
	// PerDepartment means that a department can have its own value.
	PerDepartment bool
	// Secret means that the value must not be shown.
	Secret bool
	// check makes additional checks of a new value. It is not called for stored values.
	check func(string) error
	// read parses a value into the settings.
	read func(*Settings, string) error
}

// All lists all settings.
var All = slices.Concat(
	inGroup("chat", chatSettings), inGroup("survey", surveySettings), inGroup("widget", widgetSettings),
	inGroup("limit", limitSettings), inGroup("retention", retentionSettings),
)

// Groups lists the groups of settings by topic.
var Groups = []string{"chat", "survey", "widget", "limit", "retention"}

func inGroup(group string, settings []Setting) []Setting {
	for i := range settings {
		settings[i].Group = group
	}
	return settings
}

var chatSettings = []Setting{
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
		Description: `What a visitor may be registered with in addition to name, e-mail and phone: a list of ` +
			`{"key":"crmId","label":"CRM id","scope":"visitor","required":false,"regexp":"^[0-9]+$"}; scope is visitor or room.`,
		read: readCustomFields,
	},
	boolean("visitorsCanCloseChat", true,
		"Visitors can close their room.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.VisitorsCanCloseChat }),
	boolean("showVisitorTokens", true,
		"The answer of room.visitor includes the new visitor's token, as published. When false, the token is left out.",
		func(s *Settings) *bool { return &s.ShowVisitorTokens }),
	boolean("closeCommentRequired", true,
		"An agent who closes a room must give a comment.",
		func(s *Settings) *bool { return &s.CloseCommentRequired }),
}

// ErrUnknown means that no setting has the name.
var ErrUnknown = errors.New("no such setting")

// New returns the settings with the changed values, and defaults for the rest. It
// ignores unknown names, which a newer version may have left.
func New(changed Changes) (Settings, error) {
	var settings Settings
	for _, s := range All {
		value, ok := changed.Values[s.Name]
		if !ok {
			value = s.Default
		}
		if err := s.read(&settings, value); err != nil {
			return Settings{}, fmt.Errorf("setting %s: %w", s.Name, err)
		}
	}
	settings.departments = map[string]Survey{}
	for department, values := range changed.Departments {
		own := Settings{Survey: settings.Survey}
		for _, s := range All {
			value, ok := values[s.Name]
			if !ok || !s.PerDepartment {
				continue
			}
			if err := s.read(&own, value); err != nil {
				return Settings{}, fmt.Errorf("setting %s of department %s: %w", s.Name, department, err)
			}
		}
		settings.departments[department] = own.Survey
	}
	return settings, nil
}

// Find returns the named setting, or fails with ErrUnknown.
func Find(name string) (Setting, error) {
	for _, s := range All {
		if s.Name == name {
			return s, nil
		}
	}
	return Setting{}, ErrUnknown
}

// Check returns an error that says what is wrong if the named setting cannot have
// the value.
func Check(name, value string) error {
	s, err := Find(name)
	if err != nil {
		return err
	}
	if s.check != nil {
		if err := s.check(value); err != nil {
			return err
		}
	}
	return s.read(&Settings{}, value)
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

// choice accepts one of the given values; the first is the default.
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
			return fmt.Errorf("%q is not one of %s", value, strings.Join(values, ", "))
		},
	}
}
