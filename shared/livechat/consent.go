package livechat

import (
	"slices"
	"strings"
)

// Asks reports whether the visitor may be asked: always, unless the settings want
// their consent. What counts is what the website has told of it, in a custom field.
//
// The widget's own dialog (setting forceAcceptDataProcessingConsent) is about the
// processing of the chat, and no such consent: it stays in the visitor's browser, and
// the service never hears of it.
func (s SurveySettings) Asks(v Visitor) bool {
	return !s.NeedsConsent || slices.Contains(consents, strings.ToLower(strings.TrimSpace(v.CustomData[s.ConsentField])))
}

// consents are the values of a custom field that say yes.
var consents = []string{"true", "yes", "on", "1"}
