package livechat_test

import (
	"slices"
	"strings"
	"testing"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

func TestPreferredLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "de": "de", "DE-at": "de", "de-CH, fr;q=0.9": "de", "zh, ja;q=0.5": "", "german": "",
		"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5": "fr",
		"da, pt-BR;q=0.3, es;q=0.7":                    "es",
		"en;q=0.2,de;q=0.20,pt;q=0.2":                  "en", // the first of equal weights
		"de ; q=0.1 , es ;Q=0.4":                       "es",
		"nl, *":                                        "en",
		"nl, *;q=0.1, de;q=0.1":                        "de", // named languages come before unnamed ones
		"en;q=0, *":                                    "de", // anything but English
		"en;q=0.1, *;q=0.5":                            "de",
		"de;q=0":                                       "",
		"*;q=0":                                        "",
		"en;q=0, de;q=0, fr;q=0, es;q=0, pt;q=0, *": "",
		// An invalid element is ignored, and does not affect the others.
		"de;q=2, es;q=0.1": "es", "de;q=-1": "", "de;q=NaN": "", "de;q=, fr;q=0.2": "fr", "de;q=0.5;q=1": "", ";;;,,,;q=1,-": "",
		"de;level=1": "de", "\x00\xff, pt": "pt",
	} {
		if got := livechat.PreferredLanguage(header); got != want {
			t.Errorf("%q prefers %q, want %q", header, got, want)
		}
	}
}

// TestPreferredLanguageOfALongHeader: cutting a header does not change what its first
// elements mean.
func TestPreferredLanguageOfALongHeader(t *testing.T) {
	filler := func(length int) string { return strings.Repeat("x", length-1) + "," }
	for header, want := range map[string]string{
		"fr;q=0.1," + strings.Repeat("zh,", 100_000) + "de":            "fr",
		"fr;q=0.5," + filler(1000-9-3) + "es;q=0.1":                    "fr", // cut before the weight
		"fr;q=0.5," + filler(1000-9-2) + "est":                         "fr", // cut to another language's tag
		strings.Repeat("d", 5000):                                      "",
		strings.Repeat("de-", 5000):                                    "",
		"pt;q=0.5," + filler(900) + "de," + strings.Repeat("zh,", 100): "de",
	} {
		if got := livechat.PreferredLanguage(header); got != want {
			t.Errorf("%.40q… prefers %q, want %q", header, got, want)
		}
	}
}

func FuzzPreferredLanguage(f *testing.F) {
	for _, header := range []string{"de-CH, fr;q=0.9", "*;q=0.1", ";q=", ",", "en;q=0, *", "\xff-;q=1e-400"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := livechat.PreferredLanguage(header)
		if got != "" && !slices.Contains(settings.Languages, got) {
			t.Errorf("%q prefers %q", header, got)
		}
		named := strings.Contains(strings.ToLower(header), got) || strings.Contains(header, "*")
		if !named {
			t.Errorf("%q does not name %q", header, got)
		}
	})
}
