package livechat

import (
	"maps"
	"slices"
	"strings"
)

// Asks reports whether the visitor may be surveyed. If the settings require consent, the
// website must have reported the visitor's consent in the custom field ConsentField.
//
// The widget's own dialog (setting forceAcceptDataProcessingConsent) does not count: it
// is about processing the chat, and its result never leaves the visitor's browser.
func (s SurveySettings) Asks(v Visitor) bool {
	return !s.NeedsConsent || slices.Contains(consents, strings.ToLower(strings.TrimSpace(v.CustomData[s.ConsentField])))
}

// UndefinedConsentFields returns the consent fields that the surveys of any department
// require but customFields does not define for visitors.
func (s Settings) UndefinedConsentFields() []string {
	var undefined []string
	for _, survey := range append(slices.Collect(maps.Values(s.departments)), s.Survey) {
		defined := slices.ContainsFunc(s.CustomFields, func(f CustomField) bool {
			return f.Scope == ScopeVisitor && f.Key == survey.ConsentField
		})
		if survey.NeedsConsent && !defined {
			undefined = append(undefined, survey.ConsentField)
		}
	}
	slices.Sort(undefined)
	return slices.Compact(undefined)
}

// consents are the values of the custom field that mean consent.
var consents = []string{"true", "yes", "on", "1"}
