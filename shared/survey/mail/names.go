package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest names in a mail, in characters.
const (
	maxGreeted = 40
	maxSender  = 100
)

// oneLine returns text without line breaks, other control characters and bidirectional
// controls, cut to longest characters.
func oneLine(text string, longest int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	characters := []rune(strings.Join(strings.Fields(text), " "))
	return string(characters[:min(len(characters), longest)])
}

// greeted returns the visitor's name if a mail may contain the name, else "". Anybody can
// register with somebody else's address and any name, and a mail to a stranger must not
// carry words or addresses of an attacker's choice. So the name may consist only of
// letters, marks on letters, spaces, hyphens and apostrophes. It must have at least one
// letter and at most maxGreeted characters.
func greeted(name string) string {
	name = strings.TrimSpace(name)
	letters := 0
	var before rune
	for _, r := range name {
		switch {
		case strings.ContainsRune(likeDots, r):
			return ""
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r):
			if !unicode.IsLetter(before) && !unicode.IsMark(before) {
				return "" // without a letter, a mark looks like a dot
			}
		case !strings.ContainsRune(" -\u2010'\u2019", r):
			return ""
		}
		before = r
	}
	if letters == 0 || utf8.RuneCountInString(name) > maxGreeted {
		return ""
	}
	return name
}

// likeDots lists letters, for example Lisu tones, and a mark that look like dots and
// commas.
const likeDots = "\u1427\ua78f\ua4f8\ua4f9\ua4fa\ua4fb\ua4fc\ua4fd\U0001d16d"
