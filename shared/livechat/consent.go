package livechat

import (
	"slices"
	"strings"

	"livechat/shared/settings"
)

// MayBeSurveyed reports whether the settings allow surveys of the visitor. If they require
// consent, the website must have reported the visitor's consent in the custom field
// ConsentField.
//
// The widget's own dialog (setting forceAcceptDataProcessingConsent) does not count: it
// is about processing the chat, and its result never leaves the visitor's browser.
func (v Visitor) MayBeSurveyed(s settings.Survey) bool {
	return !s.NeedsConsent || slices.Contains(consents, strings.ToLower(strings.TrimSpace(v.CustomData[s.ConsentField])))
}

// consents are the values of the custom field that mean consent.
var consents = []string{"true", "yes", "on", "1"}
