package database

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"strconv"
)

// answer is a complete answer. It is held back until the call has been metered.
type answer struct {
	status int
	header http.Header
	body   []byte
	fate   fate
	// consumed is the capacity that the call consumed, even if its answer is lost.
	consumed units
}

// withBody returns the answer with its body replaced.
func (a answer) withBody(body []byte) answer {
	a.body = body
	a.header = a.header.Clone()
	// These headers describe the old body.
	a.header.Del("X-Amz-Crc32")
	a.header.Del("Content-Length")
	return a
}

// fate says how much of an answer reaches the caller.
type fate int

const (
	arrives fate = iota
	endsInTheMiddle
	isLost // together with its connection
)

// lost returns the answer with the fate isLost.
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
		// The server closes the connection if the body is shorter than Content-Length.
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // the caller may be gone
}

// reset resets the connection, like a machine that has lost the connection's state.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // closes the connection without a reset
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // if it fails, the connection is still closed
	}
	_ = connection.Close() // there is no caller to report an error to
}

// failure returns an error answer in DynamoDB's format.
func failure(status int, kind, message string) answer {
	// A map of strings always encodes.
	body, _ := json.Marshal(map[string]string{"__type": kind, "Message": message})
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		body:   body,
	}
}
