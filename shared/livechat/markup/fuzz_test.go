package markup_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"livechat/shared/livechat/markup"
)

// textIn returns all text in a parsed message.
func textIn(t *testing.T, nodes []markup.Node) string {
	t.Helper()
	written, err := json.Marshal(nodes)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(written, &tree); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	var walk func(any)
	walk = func(n any) {
		switch n := n.(type) {
		case []any:
			for _, one := range n {
				walk(one)
			}
		case map[string]any:
			for _, name := range []string{"value", "src", "label"} {
				walk(n[name])
			}
		case string:
			text.WriteString(n)
		}
	}
	walk(tree)
	return text.String()
}

func FuzzMarkup(f *testing.F) {
	for _, text := range []string{
		"Hello", "*a* _b_ ~c~", "**a", "[x](https://a.example)", "[x](javascript:alert(1))", "<script>alert(1)</script>",
		"https://a.example/?q=*b*", "a\n\nb", "*_~*_~*_~", "[[[[", strings.Repeat("*a*", 500), "\u202e\ufeff", "[a](https://[b](https://c))",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // request bodies are valid UTF-8
		}
		nodes := markup.Parse(text)
		shown := textIn(t, nodes)
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r > 'z' || r < '0' || r > '9' && r < 'a' }) {
			if !strings.Contains(shown, word) {
				t.Errorf("%q of %q is lost: %q", word, text, shown)
			}
		}
		written, _ := json.Marshal(nodes)
		if src := strings.Count(string(written), `"src":`); src > 0 && !strings.Contains(text, "http://") && !strings.Contains(text, "https://") &&
			!strings.Contains(strings.ToLower(text), "http") {
			t.Errorf("%q has a link: %s", text, written)
		}
		if len(written) > 40_000+8*len(text) {
			t.Errorf("%d bytes of text have a parsed form of %d bytes", len(text), len(written))
		}
	})
}
