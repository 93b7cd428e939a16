package livechat

import (
	"maps"
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

// UndefinedConsentFields are the fields by which visitors should agree, for all
// departments or for one, and can't: customFields has none of that key for visitors.
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

// consents are the values of a custom field that say yes.
var consents = []string{"true", "yes", "on", "1"}
