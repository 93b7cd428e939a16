package markup_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/livechat/markup"
)

// brief writes nodes on one line: P is a paragraph; B, I and S are emphasis; L is a link
// with its label and address; / is an empty line.
func brief(nodes any) string {
	text, err := json.Marshal(nodes)
	if err != nil {
		return err.Error()
	}
	var plain []any
	if err := json.Unmarshal(text, &plain); err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, n := range plain {
		b.WriteString(briefNode(n.(map[string]any)))
	}
	return b.String()
}

func briefNode(n map[string]any) string {
	switch kind := n["type"].(string); kind {
	case "LINE_BREAK":
		return "/"
	case "PLAIN_TEXT":
		return n["value"].(string)
	case "LINK":
		v := n["value"].(map[string]any)
		return "L(" + brief(v["label"]) + " " + briefNode(v["src"].(map[string]any)) + ")"
	default:
		return kind[:1] + "(" + brief(n["value"]) + ")"
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"d":                                   "P(d)",
		"":                                    "/",
		"a\nb\n\nc":                           "P(a)P(b)/P(c)",
		"*bold* _it_ ~gone~":                  "P(B(bold) I(it) S(gone))",
		"**bold** __it__ ~~gone~~":            "P(B(bold) I(it) S(gone))",
		"*a _b_ c*":                           "P(B(a I(b) c))",
		"2*3*4 snake_case_name a * b * c":     "P(2*3*4 snake_case_name a * b * c)",
		"*open _and **closed":                 "P(*open _and **closed)",
		"***":                                 "P(***)",
		"see https://a.example/x?y=1, please": "P(see L(https://a.example/x?y=1 https://a.example/x?y=1), please)",
		"(http://a.example).":                 "P((L(http://a.example http://a.example)).)",
		"[here](https://a.example) *now*":     "P(L(here https://a.example) B(now))",
		"[no](javascript:alert(1))":           "P([no](javascript:alert(1)))",
		"[no](https://)":                      "P([no](https://))",
		"javascript:alert(1)":                 "P(javascript:alert(1))",
		"xhttps://a.example":                  "P(xhttps://a.example)",
		`<img src=x onerror="a"> & <b>`:       `P(<img src=x onerror="a"> & <b>)`,
		"héllo *wörld*":                       "P(héllo B(wörld))",
	} {
		if diff := cmp.Diff(want, brief(markup.Parse(text))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// plain returns the text that the nodes were parsed from, without the signs of emphasis
// and links. It adds the schemes of links to schemes.
func plain(value any, schemes map[string]bool) string {
	switch v := value.(type) {
	case string:
		return v
	case []any:
		var all strings.Builder
		for _, n := range v {
			all.WriteString(plain(n, schemes))
		}
		return all.String()
	case map[string]any:
		if v["type"] == "LINE_BREAK" {
			return ""
		}
		if v["type"] == "LINK" {
			target := v["value"].(map[string]any)
			address := plain(target["src"], schemes)
			u, err := url.Parse(address)
			if err != nil || u.Scheme == "" {
				schemes[fmt.Sprint("none: ", address)] = true
			} else {
				schemes[u.Scheme] = true
			}
			return plain(target["label"], schemes)
		}
		return plain(v["value"], schemes)
	}
	return ""
}

// TestParseLosesNothing: every letter of the text is in the nodes, in order, and links
// lead only to websites.
func TestParseLosesNothing(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"a", "b ", " ", "*", "**", "_", "~", "\n", "[", "](", ")", "https://", "http://x.example", "javascript:", "<b>", "é", "://", ".",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 25).Draw(t, "pieces"), "")
		encoded, err := json.Marshal(markup.Parse(text))
		if err != nil {
			t.Fatal(err)
		}
		var nodes any
		if err := json.Unmarshal(encoded, &nodes); err != nil {
			t.Fatal(err)
		}
		schemes := map[string]bool{}
		rest := plain(nodes, schemes)
		for scheme := range schemes {
			if scheme != "http" && scheme != "https" && !strings.HasPrefix(scheme, "none: http") {
				t.Fatalf("%q links to %s", text, scheme)
			}
		}
		at := 0
		for _, r := range rest {
			next := strings.IndexRune(text[at:], r)
			if next < 0 {
				t.Fatalf("%q became %q", text, rest)
			}
			at += next + len(string(r))
		}
		letters := func(s string) int { return strings.Count(s, "a") + strings.Count(s, "é") }
		if !strings.Contains(text, "](") && letters(rest) != letters(text) {
			t.Fatalf("%q became %q", text, rest)
		}
	})
}

func TestParseTakesLongTextsInTheirStride(t *testing.T) {
	for _, piece := range []string{"*a ", "[", "[a](", "https://a ", "_*~", "*_"} {
		text := strings.Repeat(piece, livechat.MaxText/len(piece))
		if brief(markup.Parse(text)) == "" {
			t.Errorf("%q became nothing", piece)
		}
	}
}
