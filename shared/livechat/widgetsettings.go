package livechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// WidgetSettings are what a website's widget goes by: how it looks, what it asks
// for, and its texts. They are the operator's, under the wire's own names.
type WidgetSettings struct {
	Behaviour WidgetBehaviour
	Theme     WidgetTheme
	Messages  WidgetMessages
}

// WidgetBehaviour is the wire's config.settings. What the service has no call
// for (videoCall, fileUpload, transcript) is false.
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
	// LimitTextLength is how many characters a message may have; 0, on the wire
	// false, for as many as the service takes.
	LimitTextLength      Limit `json:"limitTextLength"`
	HideWatermark        bool  `json:"hideWatermark"`
	VisitorsCanCloseChat bool  `json:"visitorsCanCloseChat"`
}

// Limit is a number of which 0 is none, which the wire calls false.
type Limit int

// MarshalJSON writes false for 0.
func (l Limit) MarshalJSON() ([]byte, error) {
	if l == 0 {
		return []byte("false"), nil
	}
	return json.Marshal(int(l))
}

// WidgetTheme is the wire's config.theme.
type WidgetTheme struct {
	Title        string      `json:"title"`
	Color        string      `json:"color"`
	OfflineTitle string      `json:"offlineTitle"`
	OfflineColor string      `json:"offlineColor"`
	Position     string      `json:"position"`
	Background   string      `json:"background,omitempty"`
	ActionLinks  ActionLinks `json:"actionLinks"`
}

// ActionLinks are links to calls by video, of which there are none.
type ActionLinks struct {
	WebRTC []any `json:"webrtc"`
	Jitsi  []any `json:"jitsi"`
}

// WidgetMessages is the wire's config.messages.
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

// MonitorURL is the value of HistoryMonitorType that has pages recorded when
// their address changes; the other, MonitorTitle, when their title does.
const (
	MonitorURL   = "url"
	MonitorTitle = "title"
)

var widgetSettings = []Setting{
	boolean("registrationForm", true, "The widget asks visitors who they are before a chat.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.RegistrationForm }),
	boolean("allowSwitchingDepartments", false, "The widget lets visitors change the department. Rooms that are open stay where they are.",
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
		"The pages a visitor goes to while a room is open are recorded when their address or their title changes.",
		func(s *Settings) *string { return &s.Widget.Behaviour.HistoryMonitorType }),
	boolean("forceAcceptDataProcessingConsent", false, "The widget asks for consent (dataProcessingConsentText) before a chat.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ForceAcceptDataProcessingConsent }),
	boolean("showConnecting", false, "The widget says that it is connecting until an agent has the room.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ShowConnecting }),
	boolean("agentHiddenInfo", false, "The widget does not show who the agent is.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.AgentHiddenInfo }),
	boolean("clearLocalStorageWhenChatEnded", false, "The widget forgets the visitor when a chat ends.",
		func(s *Settings) *bool { return &s.Widget.Behaviour.ClearLocalStorageWhenChatEnded }),
	number("limitTextLength", 0, 0, MaxText, "Characters that a visitor's message may have; 0 for as many as the service takes.",
		func(s *Settings) *int { return (*int)(&s.Widget.Behaviour.LimitTextLength) }),
	boolean("hideWatermark", false, "The widget does not say which software it is.",
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
	color("background", "", "Colour behind the widget's messages. Empty: the widget's own.",
		func(s *Settings) *string { return &s.Widget.Theme.Background }),
	words("offlineMessage", "", "What the widget says above its form while nobody is online.",
		func(s *Settings) *string { return &s.Widget.Messages.Offline }),
	words("offlineSuccessMessage", "", "What it says when that form was sent.",
		func(s *Settings) *string { return &s.Widget.Messages.OfflineSuccess }),
	words("offlineUnavailableMessage", "", "What it says while nobody is online and there is no form.",
		func(s *Settings) *string { return &s.Widget.Messages.OfflineUnavailable }),
	words("conversationFinishedMessage", "", "What it says when a chat has ended.",
		func(s *Settings) *string { return &s.Widget.Messages.ConversationFinished }),
	words("conversationFinishedText", "", "What it says below that.",
		func(s *Settings) *string { return &s.Widget.Messages.FinishedText }),
	words("registrationFormMessage", "", "What it says above its form before a chat.",
		func(s *Settings) *string { return &s.Widget.Messages.RegistrationForm }),
	words("dataProcessingConsentText", "", "What visitors are asked to consent to.",
		func(s *Settings) *string { return &s.Widget.Messages.DataProcessing }),
}

// oneLine takes 1 to most characters in one line.
func oneLine(name, standard string, most int, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: "text", Default: standard, Description: description,
		read: func(s *Settings, value string) error {
			if value == "" || !isText(value, most) || strings.ContainsAny(value, "\r\n") {
				return fmt.Errorf("must be one line of 1 to %d characters", most)
			}
			*field(s) = value
			return nil
		},
	}
}

// maxWords is how many characters a text of the widget may have.
const maxWords = 2000

// words takes a text of any number of lines, or none.
func words(name, standard, description string, field func(*Settings) *string) Setting {
	return Setting{
		Name: name, Type: "text", Default: standard, Description: description,
		read: func(s *Settings, value string) error {
			if !isText(value, maxWords) {
				return fmt.Errorf("must have at most %d characters", maxWords)
			}
			*field(s) = value
			return nil
		},
	}
}

// color takes a colour as #rrggbb; an empty one where that is the default.
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
