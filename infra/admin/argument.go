package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// freeText is an argument without a fixed format, such as a name or an existing id.
type freeText string

// maxText keeps an argument within the 1024 bytes that a table key can hold.
const maxText = 200

// Validate implements kong's validation interface.
func (t freeText) Validate() error {
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

// identifier is a role, or the id or username of a new item. It is used in URLs and
// headers, so only characters that need no quoting there are allowed.
type identifier string

var wordPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._@+-]{0,63}$`)

// Validate implements kong's validation interface.
func (w identifier) Validate() error {
	if !wordPattern.MatchString(string(w)) {
		return errors.New("must be 1 to 64 of the characters a-z A-Z 0-9 . _ @ + - and begin with a letter or digit")
	}
	return nil
}
