// Package validate checks values that people type.
package validate

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Text reports whether s has at most limit characters, all of which can be stored.
func Text(s string, limit int) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "\x00") && utf8.RuneCountInString(s) <= limit
}

// maxAddress is the longest address that mail can be sent to (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// addressForm is the HTML standard's definition of a valid e-mail address, which
// browsers' forms apply. It is compiled on first use: most Lambda functions never use it,
// and compiling it would slow the cold start of each.
var addressForm = sync.OnceValue(func() *regexp.Regexp {
	const label = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
	return regexp.MustCompile("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@" + label + `(?:\.` + label + `)*$`)
})

// Address reports whether address is a mail address in lower case.
func Address(address string) bool {
	return len(address) <= maxAddress && addressForm().MatchString(address)
}
