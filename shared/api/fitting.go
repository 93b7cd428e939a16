package api

import "encoding/json"

// mostAnswered is how many bytes of a list are answered with: Lambda gives back
// 6 MB at most, and a text in an answer can be twice as long as it is itself.
const mostAnswered = 2 << 20

// fitting returns the first of the list, as many as fit into an answer; one at
// least. Who wants the rest asks for what comes behind.
func fitting[T any](list []T) []T {
	bytes := 0
	for i, one := range list {
		text, err := json.Marshal(one)
		if err != nil {
			return list // which will be said when it is answered with
		}
		if bytes += len(text); bytes > mostAnswered && i > 0 {
			return list[:i]
		}
	}
	return list
}
