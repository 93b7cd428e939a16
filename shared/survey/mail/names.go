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

// oneLine is a text that can't begin another line, nor turn around the ones
// beside it.
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

// greeted returns the visitor's name as a mail may say it, and "" for any other text: a
// mail to a stranger must carry no words or addresses of a sender's choice. Anybody can
// register with somebody else's address and any name. So a name has letters, marks on them,
// spaces, hyphens and apostrophes, at most maxGreeted of them, and one letter at least.
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
				return "" // it stands alone, as a dot does
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

// likeDots are the letters (such as Lisu tones) and the mark that people read as dots and
// commas.
const likeDots = "\u1427\ua78f\ua4f8\ua4f9\ua4fa\ua4fb\ua4fc\ua4fd\U0001d16d"
