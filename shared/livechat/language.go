package livechat

import (
	"slices"
	"strconv"
	"strings"
)

// maxAcceptLanguage is how many bytes of the header are looked at.
const maxAcceptLanguage = 1000

// PreferredLanguage returns the one of Languages that an Accept-Language header
// (RFC 9110, 12.5.4) likes best; empty when it likes none.
func PreferredLanguage(header string) string {
	if len(header) > maxAcceptLanguage {
		header = header[:maxAcceptLanguage]
	}
	best, bestWeight := "", 0.0
	for wanted := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(wanted, ";")
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if language == "*" {
			language = Languages[0]
		}
		if w := weight(parameters); w > bestWeight && slices.Contains(Languages, language) {
			best, bestWeight = language, w
		}
	}
	return best
}

// weight reads q=0.8; 1 where there is none, 0 where it is no number.
func weight(parameters string) float64 {
	value, found := strings.CutPrefix(strings.TrimSpace(parameters), "q=")
	if !found {
		return 1
	}
	w, err := strconv.ParseFloat(value, 64)
	if err != nil || w < 0 || w > 1 {
		return 0
	}
	return w
}
