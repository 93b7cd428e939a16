// Package markup parses message texts into the tree of Rocket.Chat's message parser.
package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Node is a node of Rocket.Chat's message parser. A text consists of PARAGRAPH nodes,
// which contain inline nodes, and of LINE_BREAK nodes, which have no value.
type Node struct {
	Type  string `json:"type"`
	Value any    `json:"value,omitempty"`
}

// The types of nodes.
const (
	nodeParagraph = "PARAGRAPH"
	nodeLineBreak = "LINE_BREAK"
	nodeText      = "PLAIN_TEXT"
	nodeLink      = "LINK"
	nodeBold      = "BOLD"
	nodeItalic    = "ITALIC"
	nodeStrike    = "STRIKE"
)

// link is the value of a LINK.
type link struct {
	Source Node   `json:"src"`
	Label  []Node `json:"label"`
}

// maxNodes limits the nodes of a text, because the parsed form of a page of messages must
// fit into a response. Text beyond the limit stays plain text.
const maxNodes = 300

// Parse parses a text into paragraphs, one per line. It recognizes http and https
// addresses, [label](address), and *bold*, _italic_ and ~strike~ with single or double
// signs. Everything else, including HTML, stays plain text.
func Parse(text string) []Node {
	nodes, p := []Node{}, parser{left: maxNodes}
	for text != "" || len(nodes) == 0 {
		line, rest, _ := strings.Cut(text, "\n")
		switch {
		case p.left <= 0:
			// The rest becomes one paragraph.
			return append(nodes, Node{Type: nodeParagraph, Value: []Node{plainText(text)}})
		case strings.TrimSpace(line) == "":
			nodes = append(nodes, p.count(Node{Type: nodeLineBreak}))
		default:
			nodes = append(nodes, p.count(Node{Type: nodeParagraph, Value: p.inline(line, maxNested)}))
		}
		text = rest
	}
	return nodes
}

// parser keeps the number of nodes that it may still make.
type parser struct{ left int }

func (p *parser) count(n Node) Node {
	p.left--
	return n
}

// maxNested limits the nesting of emphasis. It allows the three kinds to be nested in
// each other.
const maxNested = 3

// inline parses a line. left limits the nesting.
func (p *parser) inline(line string, left int) []Node {
	var nodes []Node
	plain := 0 // the start of the pending plain text
	for at := 0; at < len(line); {
		node, size := Node{}, 0
		if p.left > 0 {
			node, size = p.special(line, at, left)
		}
		if size == 0 {
			_, width := utf8.DecodeRuneInString(line[at:])
			at += width
			continue
		}
		nodes = append(p.appendText(nodes, line[plain:at]), p.count(node))
		at += size
		plain = at
	}
	return p.appendText(nodes, line[plain:])
}

func (p *parser) appendText(nodes []Node, text string) []Node {
	if text == "" {
		return nodes
	}
	return append(nodes, p.count(plainText(text)))
}

func plainText(text string) Node { return Node{Type: nodeText, Value: text} }

// special returns the link or emphasis that begins at the position, and its length. The
// length is 0 if neither begins there.
func (p *parser) special(line string, at, left int) (Node, int) {
	switch line[at] {
	case '[':
		return labelled(line[at:])
	case 'h':
		if begins(line, at) {
			return address(line[at:])
		}
	case '*', '_', '~':
		if left > 0 && begins(line, at) {
			return p.emphasis(line[at:], left)
		}
	}
	return Node{}, 0
}

// begins reports whether a link or emphasis may begin at the position, which must not be
// inside a word.
func begins(line string, at int) bool {
	last, _ := utf8.DecodeLastRuneInString(line[:at])
	return at == 0 || !isWord(last)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// schemes lists the schemes that the addresses of links may have.
var schemes = []string{"https://", "http://"}

// addressLength returns the length of the address at the start of the text, without the
// punctuation that ends a sentence. It returns 0 if there is no address.
func addressLength(text string) int {
	for _, scheme := range schemes {
		rest, is := strings.CutPrefix(text, scheme)
		if !is {
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"`", r) })
		if end < 0 {
			end = len(rest)
		}
		host := strings.TrimRight(rest[:end], ".,;:!?'*_~)]}")
		if host == "" {
			return 0
		}
		return len(scheme) + len(host)
	}
	return 0
}

func address(text string) (Node, int) {
	size := addressLength(text)
	if size == 0 {
		return Node{}, 0
	}
	target := plainText(text[:size])
	return Node{Type: nodeLink, Value: link{Source: target, Label: []Node{target}}}, size
}

// labelled parses [label](address).
func labelled(text string) (Node, int) {
	label, rest, is := strings.Cut(text[1:], "](")
	if !is || label == "" || strings.ContainsAny(label, "[]") {
		return Node{}, 0
	}
	to, _, is := strings.Cut(rest, ")")
	if !is || to == "" || addressLength(to) != len(to) {
		return Node{}, 0
	}
	node := Node{Type: nodeLink, Value: link{Source: plainText(to), Label: []Node{plainText(label)}}}
	return node, len("[](") + len(label) + len(to) + len(")")
}

var emphases = map[byte]string{'*': nodeBold, '_': nodeItalic, '~': nodeStrike}

// emphasis parses a text between two equal signs, or pairs of signs. The signs must touch
// the text inside and must not touch a word outside.
func (p *parser) emphasis(text string, left int) (Node, int) {
	sign := text[:1]
	if strings.HasPrefix(text[1:], sign) {
		sign += sign
	}
	inside := text[len(sign):]
	first, _ := utf8.DecodeRuneInString(inside)
	if inside == "" || unicode.IsSpace(first) || strings.HasPrefix(inside, sign[:1]) {
		return Node{}, 0
	}
	for from := 0; ; {
		end := strings.Index(inside[from:], sign)
		if end < 0 {
			return Node{}, 0
		}
		end += from
		last, _ := utf8.DecodeLastRuneInString(inside[:end])
		next, _ := utf8.DecodeRuneInString(inside[end+len(sign):])
		if end > 0 && !unicode.IsSpace(last) && !isWord(next) && !strings.HasPrefix(inside[end+len(sign):], sign[:1]) {
			node := Node{Type: emphases[sign[0]], Value: p.inline(inside[:end], left-1)}
			return node, len(sign) + end + len(sign)
		}
		from = end + 1
	}
}
