package mail

import (
	"strings"
	"unicode"
)

// The longest names in a mail, in characters.
const (
	maxName   = 60
	maxSender = 100
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

// greeted is the visitor's name as a mail can say it; empty for one that is no
// name. Anybody can register with somebody else's address: their mail must not
// bring what mail programs make a link of.
func greeted(name string) string {
	name = oneLine(name, maxName)
	if strings.ContainsAny(name, "/@") || hasHost(name) {
		return ""
	}
	return name
}

// hasHost reports whether the text has something like example.com. J.R. is none.
func hasHost(text string) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '-' }
	for word := range strings.FieldsSeq(text) {
		parts := strings.FieldsFunc(word, func(r rune) bool { return !inWord(r) && r != '.' && r != '。' && r != '．' })
		for _, part := range parts {
			labels := strings.FieldsFunc(part, func(r rune) bool { return !inWord(r) })
			if len(labels) > 1 && len([]rune(labels[len(labels)-1])) > 1 {
				return true
			}
		}
	}
	return false
}
