package api

import "encoding/json"

// maxAnswer limits the bytes of JSON in a page. Lambda returns at most 6 MB, and escapes
// each quotation mark once more.
const maxAnswer = 2 << 20

// fitting returns the longest prefix whose JSON fits into one answer, at least one
// element.
func fitting[T any](list []T) []T {
	bytes := 0
	for i, one := range list {
		text, err := json.Marshal(one)
		if err != nil {
			return list // encoding the answer fails with the same error
		}
		if bytes += len(text); bytes > maxAnswer && i > 0 {
			return list[:i]
		}
	}
	return list
}
