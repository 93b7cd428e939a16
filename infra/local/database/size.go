package database

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
)

// The bytes that one write unit and one read unit pay for.
const (
	writeUnit = 1024
	readUnit  = 4096
)

// roundUp returns the number of units needed for size bytes, at least one.
func roundUp(size, unit int) float64 {
	return math.Max(1, math.Ceil(float64(size)/float64(unit)))
}

// size returns the item's size as DynamoDB counts it, with attribute names and values.
func (i item) size() int {
	n := 0
	for name, value := range i {
		n += len(name) + valueSize(value)
	}
	return n
}

// valueSize returns the size of a value like {"S": "…"}.
func valueSize(value map[string]json.RawMessage) int {
	for kind, raw := range value {
		switch kind {
		case "S", "N", "B":
			var text string
			_ = json.Unmarshal(raw, &text) // the database refuses other values
			return scalarSize(kind, text)
		case "SS", "NS", "BS":
			var texts []string
			_ = json.Unmarshal(raw, &texts) // as above
			n := 0
			for _, text := range texts {
				n += scalarSize(kind[:1], text)
			}
			return n
		case "L":
			var list []map[string]json.RawMessage
			_ = json.Unmarshal(raw, &list) // as above
			n := 3
			for _, element := range list {
				n += 1 + valueSize(element)
			}
			return n
		case "M":
			var members item
			_ = json.Unmarshal(raw, &members) // as above
			return 3 + len(members) + members.size()
		}
	}
	return 1 // BOOL, NULL
}

func scalarSize(kind, text string) int {
	switch kind {
	case "N":
		// A number takes one byte, plus one byte for each two digits without leading and
		// trailing zeros.
		digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(text), "0")
		return 1 + (len(digits)+1)/2
	case "B":
		return base64.StdEncoding.DecodedLen(len(strings.TrimRight(text, "=")))
	}
	return len(text)
}
