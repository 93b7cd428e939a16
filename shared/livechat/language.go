package livechat

import (
	"slices"
	"strconv"
	"strings"

	"livechat/shared/settings"
)

// maxAcceptLanguage limits the bytes of the header that are parsed.
const maxAcceptLanguage = 1000

// PreferredLanguage returns the member of Languages that an Accept-Language header (RFC
// 9110, 12.5.4) prefers. It returns an empty string if the header accepts none of
// Languages.
func PreferredLanguage(header string) string {
	if len(header) > maxAcceptLanguage {
		// Drop the last element, which was cut and could now mean another language.
		header = header[:strings.LastIndexByte(header[:maxAcceptLanguage], ',')+1]
	}
	best, bestWeight := "", 0.0
	var named []string
	unnamed := 0.0 // the weight of languages that the header does not name
	for wanted := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(wanted, ";")
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		w := weight(parameters)
		switch {
		case language == "*":
			unnamed = w
		case slices.Contains(settings.Languages, language):
			named = append(named, language)
			if w > bestWeight {
				best, bestWeight = language, w
			}
		}
	}
	if unnamed > bestWeight {
		for _, l := range settings.Languages {
			if !slices.Contains(named, l) {
				return l
			}
		}
	}
	return best
}

// weight parses a parameter such as q=0.8. It returns 1 if there is no q parameter, and 0
// if the weight is invalid.
func weight(parameters string) float64 {
	name, value, found := strings.Cut(strings.TrimSpace(parameters), "=")
	if !found || !strings.EqualFold(name, "q") {
		return 1
	}
	w, err := strconv.ParseFloat(value, 64)
	if err != nil || w < 0 || w > 1 {
		return 0
	}
	return w
}
