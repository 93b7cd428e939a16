package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// coerce converts a scalar to text as ajv does: a number as JavaScript writes it, null
// to the empty text.
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
	// A number out of range becomes infinite, as in JavaScript.
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
		// Unlike JavaScript, Go writes at least two digits of the exponent.
		text := strconv.FormatFloat(f, 'e', -1, 64)
		return strings.Replace(strings.Replace(text, "e-0", "e-", 1), "e+0", "e+", 1)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
