package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// coerce returns a scalar as the text that ajv makes of it: a number as
// JavaScript writes it, null as the empty text.
func coerce(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case nil:
		return "", true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return numberText(v), true
	}
	return "", false
}

// numberText writes a number as JavaScript's Number.prototype.toString does.
func numberText(n json.Number) string {
	// Out of range is infinite, as it is in JavaScript.
	f, _ := strconv.ParseFloat(n.String(), 64)
	size := math.Abs(f)
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case size == 0:
		return "0"
	case size >= 1e21 || size < 1e-6:
		// Go writes the exponent with two digits at least.
		text := strconv.FormatFloat(f, 'e', -1, 64)
		return strings.Replace(strings.Replace(text, "e-0", "e-", 1), "e+0", "e+", 1)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
