package database

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"strconv"
)

// answer is a whole one: it is written only when the call has been counted.
type answer struct {
	status int
	header http.Header
	body   []byte
	fate   fate
	// consumed is the capacity that the call consumed, whatever becomes of its answer.
	consumed units
}

// withBody is the answer with another body.
func (a answer) withBody(body []byte) answer {
	a.body = body
	a.header = a.header.Clone()
	// They are of the body as it was.
	a.header.Del("X-Amz-Crc32")
	a.header.Del("Content-Length")
	return a
}

// fate is what becomes of an answer on its way.
type fate int

const (
	arrives fate = iota
	endsInTheMiddle
	isLost // and its connection with it
)

// lost is the answer when it does not arrive.
func (a answer) lost() answer {
	a.fate = isLost
	return a
}

func (p *Proxy) write(w http.ResponseWriter, a answer) {
	if a.fate == isLost {
		reset(w)
		return
	}
	maps.Copy(w.Header(), a.header)
	body := a.body
	if a.fate == endsInTheMiddle {
		// The server closes a connection on which less was written than announced.
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // a caller that went away needs none
}

// reset ends the connection as a machine does that knows nothing of it any more.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // which ends it less abruptly
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it is closed all the same
	}
	_ = connection.Close() // nobody to tell
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
