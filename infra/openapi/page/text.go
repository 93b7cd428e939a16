package page

import "strings"

// span is a piece of text. Code reports whether the piece was between backticks.
type span struct {
	Code bool
	Text string
}

func spans(text string) []span {
	var all []span
	for i, piece := range strings.Split(text, "`") {
		if piece != "" {
			all = append(all, span{i%2 == 1, piece})
		}
	}
	return all
}

func paragraphs(text string) []string {
	return strings.Split(strings.TrimSpace(text), "\n")
}

// sentence joins the non-empty parts with spaces.
func sentence(said ...string) string {
	var all []string
	for _, s := range said {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}
