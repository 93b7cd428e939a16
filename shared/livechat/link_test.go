package livechat_test

import (
	"testing"

	"livechat/shared/livechat"
)

func TestAddressesOfOneMailboxHaveOneHash(t *testing.T) {
	for name, c := range map[string]struct {
		one, other string
		same       bool
	}{
		"case and space":          {" Ceo@Example.com ", "ceo@example.com", true},
		"a tag":                   {"ceo+1@example.com", "ceo@example.com", true},
		"two tags":                {"ceo+1@example.com", "ceo+2@example.com", true},
		"a tag with a plus":       {"ceo+a+b@example.com", "ceo@example.com", true},
		"an empty tag":            {"ceo+@example.com", "ceo@example.com", true},
		"nothing before the plus": {"+1@example.com", "+2@example.com", false},
		"another person":          {"ceo@example.com", "cfo@example.com", false},
		"another domain":          {"ceo+1@example.com", "ceo+1@example.net", false},
		"a dot, another person's": {"c.eo@example.com", "ceo@example.com", false},
		"a hyphen":                {"ceo-1@example.com", "ceo@example.com", false},
	} {
		t.Run(name, func(t *testing.T) {
			if same := livechat.AddressHash(c.one) == livechat.AddressHash(c.other); same != c.same {
				t.Errorf("%s and %s have the same hash: %t", c.one, c.other, same)
			}
		})
	}
}
