package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/validate"
)

// Widget holds the settings of a website's widget: its looks, its questions and
// its texts. Names are those of the wire format.
type Widget struct {
	Behaviour WidgetBehaviour
	Theme     WidgetTheme
	Messages  WidgetMessages
}

// WidgetBehaviour is the wire format's config.settings. Features for which the service
// has no call (videoCall, fileUpload, transcript) are false.
type WidgetBehaviour struct {
	RegistrationForm                 bool   `json:"registrationForm"`
	AllowSwitchingDepartments        bool   `json:"allowSwitchingDepartments"`
	NameFieldRegistrationForm        bool   `json:"nameFieldRegistrationForm"`
	EmailFieldRegistrationForm       bool   `json:"emailFieldRegistrationForm"`
	DisplayOfflineForm               bool   `json:"displayOfflineForm"`
	VideoCall                        bool   `json:"videoCall"`
	FileUpload                       bool   `json:"fileUpload"`
	Language                         string `json:"language"`
	Transcript                       bool   `json:"transcript"`
	HistoryMonitorType               string `json:"historyMonitorType"`
	ForceAcceptDataProcessingConsent bool   `json:"forceAcceptDataProcessingConsent"`
	ShowConnecting                   bool   `json:"showConnecting"`
	AgentHiddenInfo                  bool   `json:"agentHiddenInfo"`
	ClearLocalStorageWhenChatEnded   bool   `json:"clearLocalStorageWhenChatEnded"`
	// LimitTextLength limits the characters of a message. If it is 0, the service's own
	// limit applies.
	LimitTextLength      TextLimit `json:"limitTextLength"`
	HideWatermark        bool      `json:"hideWatermark"`
	VisitorsCanCloseChat bool      `json:"visitorsCanCloseChat"`
}

// MaxText limits the text of a message, in characters.
const MaxText = 5000

// TextLimit is a number. 0 means no limit, and is false on the wire.
type TextLimit int

// MarshalJSON writes false for 0.
func (l TextLimit) MarshalJSON() ([]byte, error) {
	if l == 0 {
		return []byte("false"), nil
	}
	return json.Marshal(int(l))
}

// WidgetTheme is the wire format's config.theme.
type WidgetTheme struct {
	Title        string      `json:"title"`
	Color        string      `json:"color"`
	OfflineTitle string      `json:"offlineTitle"`
	OfflineColor string      `json:"offlineColor"`
	Position     string      `json:"position"`
	Background   string      `json:"background,omitempty"`
	ActionLinks  ActionLinks `json:"actionLinks"`
}

// ActionLinks are links to video calls. The service has no video calls, so both lists are
// empty.
type ActionLinks struct {
	WebRTC []any `json:"webrtc"`
	Jitsi  []any `json:"jitsi"`
}

// WidgetMessages is the wire format's config.messages.
type WidgetMessages struct {
	Offline              string `json:"offlineMessage"`
	OfflineSuccess       string `json:"offlineSuccessMessage"`
	OfflineUnavailable   string `json:"offlineUnavailableMessage"`
	ConversationFinished string `json:"conversationFinishedMessage"`
	FinishedText         string `json:"conversationFinishedText"`
	Transcript           string `json:"transcriptMessage"`
	RegistrationForm     string `json:"registrationFormMessage"`
	DataProcessing       string `json:"dataProcessingConsentText"`
}

// MonitorURL is the value of HistoryMonitorType that records pages when their address
// changes; MonitorTitle records them when their title changes.
const (
	MonitorURL   = "url"
	MonitorTitle = "title"
)

var widgetSettings = []Setting{
	boolean("registrationForm", true, "The widget asks visitors who they are before a chat.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.RegistrationForm }),
	boolean("allowSwitchingDepartments", false, "The widget lets visitors change the department. Open rooms stay in their department.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.AllowSwitchingDepartments }),
	boolean("nameFieldRegistrationForm", true, "The widget's form asks for a name.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.NameFieldRegistrationForm }),
	boolean("emailFieldRegistrationForm", true, "The widget's form asks for an e-mail address.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.EmailFieldRegistrationForm }),
	boolean("displayOfflineForm", true, "The widget shows a form while nobody is online.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.DisplayOfflineForm }),
	oneLine("language", "en", 35, "Language of the widget, such as en or pt-BR.",
		func(s *Settings) *string { return &s.Widget.Behaviour.Language }),
	choice("historyMonitorType", []string{MonitorURL, MonitorTitle},
		"Whether a visitor's page visits are recorded when the page's address (url) or its title (title) changes, "+
			"while a room is open.",
		func(s *Settings) *string { return &s.Widget.Behaviour.HistoryMonitorType }),
	boolean("forceAcceptDataProcessingConsent", false, "The widget asks for consent (dataProcessingConsentText) before a chat.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ForceAcceptDataProcessingConsent }),
	boolean("showConnecting", false, "The widget shows that it is connecting until an agent serves the room.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ShowConnecting }),
	boolean("agentHiddenInfo", false, "The widget does not show who the agent is.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.AgentHiddenInfo }),
	boolean("clearLocalStorageWhenChatEnded", false, "The widget forgets the visitor when a chat ends.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ClearLocalStorageWhenChatEnded }),
	number("limitTextLength", 0, 0, MaxText, "Most characters of a visitor's message; 0 for the service's own limit.",
		func(s *Settings) *int { return (*int)(&s.Widget.Behaviour.LimitTextLength) }),
	boolean("hideWatermark", false, "The widget does not show which software it is.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.HideWatermark }),
	oneLine("title", "Chat with us", 100, "Title of the widget.",
		func(s *Settings) *string { return &s.Widget.Theme.Title }),
	color("color", "#1d74f5", "Colour of the widget.",
		func(s *Settings) *string { return &s.Widget.Theme.Color }),
	oneLine("offlineTitle", "Leave a message", 100, "Title of the widget while nobody is online.",
		func(s *Settings) *string { return &s.Widget.Theme.OfflineTitle }),
	color("offlineColor", "#666666", "Colour of the widget while nobody is online.",
		func(s *Settings) *string { return &s.Widget.Theme.OfflineColor }),
	choice("position", []string{"right", "left"}, "Where the widget's button is.",
		func(s *Settings) *string { return &s.Widget.Theme.Position }),
	color("background", "", "Colour of the background of the widget's messages. Empty: the widget's own colour.",
		func(s *Settings) *string { return &s.Widget.Theme.Background }),
	words("offlineMessage", "", "Text above the widget's form while nobody is online.",
		func(s *Settings) *string { return &s.Widget.Messages.Offline }),
	words("offlineSuccessMessage", "", "Text after the offline form was sent.",
		func(s *Settings) *string { return &s.Widget.Messages.OfflineSuccess }),
	words("offlineUnavailableMessage", "", "Text while nobody is online and there is no form.",
		func(s *Settings) *string { return &s.Widget.Messages.OfflineUnavailable }),
	words("conversationFinishedMessage", "", "Text after a chat has ended.",
		func(s *Settings) *string { return &s.Widget.Messages.ConversationFinished }),
	words("conversationFinishedText", "", "Text below conversationFinishedMessage.",
		func(s *Settings) *string { return &s.Widget.Messages.FinishedText }),
	words("registrationFormMessage", "", "Text above the widget's form before a chat.",
		func(s *Settings) *string { return &s.Widget.Messages.RegistrationForm }),
	words("dataProcessingConsentText", "", "Text that visitors are asked to consent to.",
		func(s *Settings) *string { return &s.Widget.Messages.DataProcessing }),
}

// oneLine accepts one line of 1 to most characters.
func oneLine(name, standard string, most int, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: "text", Default: standard, Description: description,
		read: func(s *Settings, value string) error {
			if value == "" || !validate.Text(value, most) || strings.ContainsAny(value, "\r\n") {
				return fmt.Errorf("must be one line of 1 to %d characters", most)
			}
			*field(s) = value
			return nil
		},
	}
}

// maxWords limits a text of the widget, in characters.
const maxWords = 2000

// words accepts a text with any number of lines, or an empty one.
func words(name, standard, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: "text", Default: standard, Description: description,
		read: func(s *Settings, value string) error {
			if !validate.Text(value, maxWords) {
				return fmt.Errorf("must have at most %d characters", maxWords)
			}
			*field(s) = value
			return nil
		},
	}
}

// color accepts a colour as #rrggbb, or the default, which may be empty.
func color(name, standard, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: "colour such as #1d74f5", Default: standard, Description: description,
		read: func(s *Settings, value string) error {
			hex, isHex := strings.CutPrefix(value, "#")
			if value != standard && (!isHex || len(hex) != 6 || strings.Trim(hex, "0123456789abcdefABCDEF") != "") {
				return errors.New("must be a colour such as #1d74f5")
			}
			*field(s) = value
			return nil
		},
	}
}
