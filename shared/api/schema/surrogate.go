package schema

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// withoutLoneSurrogates returns the JSON text with \u0000 in place of every escaped
// surrogate that is unpaired. Go's decoder would replace such a surrogate by U+FFFD,
// which is valid in a text.
func withoutLoneSurrogates(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u`)) {
		return text
	}
	mended := bytes.Clone(text)
	for i := 0; i < len(mended); {
		if mended[i] != '\\' {
			i++
			continue
		}
		unit, ok := escapedUnit(mended[i:])
		if !ok {
			i += 2
			continue
		}
		if !utf16.IsSurrogate(unit) {
			i += escapeLength
			continue
		}
		next, _ := escapedUnit(mended[min(i+escapeLength, len(mended)):])
		if utf16.DecodeRune(unit, next) != '\uFFFD' {
			i += 2 * escapeLength
			continue
		}
		copy(mended[i:], `\u0000`)
		i += escapeLength
	}
	return mended
}

// escapeLength is the length of an escape like \u00e9.
const escapeLength = 6

// escapedUnit returns the UTF-16 code unit of the escape that the text starts with.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < escapeLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:escapeLength]), 16, 16)
	return rune(unit), err == nil
}
