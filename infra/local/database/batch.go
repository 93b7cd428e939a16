package database

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// unprocessed maps a batch operation to the answer's member that lists the unprocessed
// elements.
var unprocessed = map[string]string{"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}

// halve returns a batch with the first half of each table's elements, and the second
// halves as rest, in the format of the answer's unprocessed member. rest is nil if the call
// can't be halved.
func halve(operation string, body []byte) (batch, rest json.RawMessage) {
	if unprocessed[operation] == "" {
		return body, nil
	}
	var call map[string]json.RawMessage
	var tables map[string]json.RawMessage
	if json.Unmarshal(body, &call) != nil || json.Unmarshal(call["RequestItems"], &tables) != nil {
		return body, nil
	}
	left := map[string]json.RawMessage{}
	for name, elements := range tables {
		first, second := halfOf(elements)
		if second != nil {
			tables[name], left[name] = first, second
		}
	}
	if len(left) == 0 {
		return body, nil
	}
	call["RequestItems"] = encoded(tables)
	return encoded(call), encoded(left)
}

// halfOf splits a list of writes, or an object whose Keys lists the keys to read. second
// is nil if there are fewer than two elements.
func halfOf(elements json.RawMessage) (first, second json.RawMessage) {
	var list []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(elements), []byte("[")) {
		if json.Unmarshal(elements, &list) != nil || len(list) < 2 {
			return elements, nil
		}
		return encoded(list[:len(list)/2]), encoded(list[len(list)/2:])
	}
	var reads map[string]json.RawMessage
	if json.Unmarshal(elements, &reads) != nil || json.Unmarshal(reads["Keys"], &list) != nil || len(list) < 2 {
		return elements, nil
	}
	reads["Keys"] = encoded(list[:len(list)/2])
	first = encoded(reads)
	reads["Keys"] = encoded(list[len(list)/2:])
	return first, encoded(reads)
}

// encoded returns the JSON of a value that was decoded from JSON.
func encoded(value any) json.RawMessage {
	text, _ := json.Marshal(value) // a decoded value can always be encoded
	return text
}

// withUnprocessed adds the unprocessed rest to a batch's answer.
func withUnprocessed(a answer, operation string, rest json.RawMessage) answer {
	var members map[string]json.RawMessage
	if a.status != http.StatusOK || json.Unmarshal(a.body, &members) != nil {
		return a
	}
	members[unprocessed[operation]] = rest
	return a.withBody(encoded(members))
}
