package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text is an argument in words: a name, or an id that exists already.
type text string

// maxText keeps an argument within what a key of the table can hold, which
// is 1024 bytes.
const maxText = 200

// Validate is called by kong.
func (t text) Validate() error {
	switch {
	case strings.TrimSpace(string(t)) == "":
		return errors.New("must not be empty")
	case utf8.RuneCountInString(string(t)) > maxText:
		return fmt.Errorf("must not be longer than %d characters", maxText)
	case !utf8.ValidString(string(t)) || strings.ContainsFunc(string(t), unicode.IsControl):
		return errors.New("must be plain text on one line")
	}
	return nil
}

// word is an id or username that is given to something new. It goes into
// addresses and headers, so it is kept to what needs no quoting there.
type word string

var wordPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._@+-]{0,63}$`)

// Validate is called by kong.
func (w word) Validate() error {
	if !wordPattern.MatchString(string(w)) {
		return errors.New("must be 1 to 64 of the characters a-z A-Z 0-9 . _ @ + - and begin with a letter or digit")
	}
	return nil
}
