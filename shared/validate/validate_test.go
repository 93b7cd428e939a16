package validate_test

import (
	"strings"
	"testing"

	"livechat/shared/validate"
)

func TestText(t *testing.T) {
	for text, want := range map[string]bool{
		"":           true,
		"äöü":        true,
		"äöüß":       false,
		"a\x00b":     false,
		"a\xffb":     false,
		"\U0001f600": true,
	} {
		if got := validate.Text(text, 3); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	local := strings.Repeat("a", 254-len("@example.com"))
	for address, want := range map[string]bool{
		"mary@example.com":             true,
		"mary+tag@mail.example.com":    true,
		"mary":                         false,
		"mary@":                        false,
		"mary@example..com":            false,
		"mary@-example.com":            false,
		"mary@example.com\r\nBcc: x@y": false,
		local + "@example.com":         true,
		local + "a@example.com":        false,
	} {
		if got := validate.Address(address); got != want {
			t.Errorf("%q: %v, want %v", address, got, want)
		}
	}
}
