package api

import "encoding/json"

// maxAnswer limits the bytes of JSON in a page. Lambda returns at most 6 MB, and escapes
// each quotation mark once more.
const maxAnswer = 2 << 20

// fittingPrefix returns the longest prefix of list whose JSON fits into one answer. The
// prefix has at least one element, even if that element is too long.
func fittingPrefix[T any](list []T) []T {
	bytes := 0
	for i, element := range list {
		text, err := json.Marshal(element)
		if err != nil {
			return list // encoding the answer fails with the same error
		}
		if bytes += len(text); bytes > maxAnswer && i > 0 {
			return list[:i]
		}
	}
	return list
}
