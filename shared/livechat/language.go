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
		// Without what the cut goes through: half of it says something else.
		header = header[:strings.LastIndexByte(header[:maxAcceptLanguage], ',')+1]
	}
	best, bestWeight := "", 0.0
	var named []string
	unnamed := 0.0 // the weight of those that the header does not name
	for wanted := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(wanted, ";")
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		w := weight(parameters)
		switch {
		case language == "*":
			unnamed = w
		case slices.Contains(Languages, language):
			named = append(named, language)
			if w > bestWeight {
				best, bestWeight = language, w
			}
		}
	}
	if unnamed > bestWeight {
		for _, l := range Languages {
			if !slices.Contains(named, l) {
				return l
			}
		}
	}
	return best
}

// weight reads q=0.8; 1 where there is none, 0 where it is no number.
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
