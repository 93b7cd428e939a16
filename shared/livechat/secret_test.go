package livechat_test

import (
	"encoding/base64"
	"math/bits"
	"strings"
	"testing"

	"livechat/shared/livechat"
)

// TestCodesAreRandom: each of the 192 bits is set half of the time, and no code repeats.
func TestCodesAreRandom(t *testing.T) {
	const codes = 4000
	seen := map[string]bool{}
	set := make([]int, 192)
	together := 0
	for range codes {
		code := livechat.NewCode()
		raw, err := base64.RawURLEncoding.DecodeString(code)
		if err != nil || len(raw) != 24 || !livechat.CanBeCode(code) || seen[code] {
			t.Fatalf("code %q (%v), seen before: %v", code, err, seen[code])
		}
		seen[code] = true
		for i, b := range raw {
			together += bits.OnesCount8(b)
			for bit := range 8 {
				set[8*i+bit] += int(b >> bit & 1)
			}
		}
	}
	// Eight standard deviations: a fair bit is beyond them once in 10^15 runs.
	const half, far = codes / 2, 8 * 32
	for bit, n := range set {
		if n < half-far || n > half+far {
			t.Errorf("bit %d is set in %d of %d codes", bit, n, codes)
		}
	}
	if share := float64(together) / (192 * codes); share < 0.495 || share > 0.505 {
		t.Errorf("%f of the bits are set", share)
	}
}

// BenchmarkAdmits compares the time to refuse a token that has nothing in common with the
// right token, and a token that differs in the last character only. Admits compares
// hashes, which have nothing in common either way.
func BenchmarkAdmits(b *testing.B) {
	right := strings.Repeat("a", 43)
	stored := livechat.AuthToken{Hash: livechat.HashToken(right)}
	for name, token := range map[string]string{
		"nothing right": strings.Repeat("b", 43), "all but the last": right[:42] + "b", "right": right,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				stored.Admits(token, 0)
			}
		})
	}
}
