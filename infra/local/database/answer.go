package database

import (
	"encoding/json"
	"maps"
	"net/http"
)

// answer is a whole one: it is written only when the call has been counted.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (p *Proxy) write(w http.ResponseWriter, a answer) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a caller that went away needs none
}

// failure is an answer in DynamoDB's form.
func failure(status int, kind, message string) answer {
	// A map of texts always encodes.
	body, _ := json.Marshal(map[string]string{"__type": kind, "Message": message})
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		body:   body,
	}
}
