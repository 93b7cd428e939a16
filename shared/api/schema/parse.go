package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"livechat/shared/livechat"
)

const (
	// MaxBody is the largest body, in bytes.
	MaxBody = 64 << 10
	// maxDepth limits how deeply a body may nest.
	maxDepth = 32
)

var errTooLarge = &livechat.Error{
	Kind: livechat.TooLarge, Type: "error-too-large",
	Text: "Request entity too large [error-too-large]",
}

// Decode parses the body, a JSON object, into the struct that document points to. It
// fails unless the body matches the description. If a member occurs more than once, its
// last value counts.
func Decode(body io.Reader, description Check, document any) error {
	text, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	if len(text) > MaxBody {
		return errTooLarge
	}
	value, err := parse(text)
	if err != nil {
		return err
	}
	if _, isObject := value.(map[string]any); !isObject {
		return notJSON("not an object", len(text)-len(bytes.TrimLeft(text, " \t\r\n")))
	}
	checked, err := description.check(value)
	if err != nil {
		return err
	}
	// The checked value has the document's members, so re-encoding it as JSON sets each
	// field of the document.
	plain, err := json.Marshal(checked)
	if err != nil {
		return fmt.Errorf("checked body: %w", err)
	}
	if err := json.Unmarshal(plain, document); err != nil {
		return fmt.Errorf("checked body into %T: %w", document, err)
	}
	return nil
}

// parse returns the JSON text as maps, lists, texts, numbers, bools and nil. It replaces
// unpaired surrogates by NUL. A text may contain neither of them, so one check finds
// both.
func parse(text []byte) (any, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, livechat.NewTypedRefusal("invalid-json", "Invalid JSON: empty body")
	}
	if at := invalidUTF8(text); at >= 0 {
		return nil, notJSON("invalid UTF-8", at)
	}
	if at := tooDeep(text); at >= 0 {
		return nil, notJSON(fmt.Sprintf("nested deeper than %d", maxDepth), at)
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, syntaxError(err, len(text))
	}
	decoder := json.NewDecoder(bytes.NewReader(withoutLoneSurrogates(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, syntaxError(err, len(text))
	}
	return value, nil
}

func syntaxError(err error, length int) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return livechat.NewTypedRefusal("invalid-json", "Invalid JSON: "+err.Error())
	}
	// The offset counts the bytes read, including the offending byte. An unexpected end
	// has no offending byte.
	at := int(syntax.Offset) - 1
	if syntax.Error() == "unexpected end of JSON input" {
		at = length
	}
	return notJSON(syntax.Error(), at)
}

func notJSON(what string, at int) error {
	return livechat.NewTypedRefusal("invalid-json", fmt.Sprintf("Invalid JSON: %s, at byte %d", what, at))
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// tooDeep returns the position at which the text nests deeper than maxDepth, or -1. It
// only counts the brackets outside strings. The parser checks whether the brackets match.
func tooDeep(text []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}
