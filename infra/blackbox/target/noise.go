package target

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"testing"
)

// Noise is a source of random bytes, the same on every run.
type Noise struct{ random *rand.Rand }

// NewNoise starts from the beginning.
func NewNoise() Noise { return Noise{rand.New(rand.NewPCG(1, 2))} }

// Bytes are n random ones.
func (n Noise) Bytes(count int) string {
	b := make([]byte, count)
	for i := range b {
		b[i] = byte(n.random.Uint32())
	}
	return string(b)
}

// Query is a value for a query, of random bytes.
func (n Noise) Query() string {
	query := ""
	for _, b := range []byte(n.Bytes(n.random.IntN(40))) {
		query += fmt.Sprintf("%%%02x", b)
	}
	return query
}

// Bodies are a hundred thousand random bytes in one piece, count smaller pieces,
// and as many damaged remains of a good request.
func (n Noise) Bodies(count int) []string {
	good := Survey(MarysToken, MarysRoom)
	bodies := []string{n.Bytes(100_000)}
	for range count {
		damaged := []byte(good)
		for range 1 + n.random.IntN(4) {
			damaged[n.random.IntN(len(damaged))] = byte(n.random.Uint32())
		}
		bodies = append(bodies, n.Bytes(n.random.IntN(1000)), string(damaged))
	}
	return bodies
}

// NeverOurFault sends the bodies to each call that takes one, and wants each
// refused or accepted, and no more said.
func (s *System) NeverOurFault(t *testing.T, bodies []string) {
	t.Helper()
	for _, call := range []struct{ method, call string }{
		{http.MethodPost, "room.survey"}, {http.MethodPut, "room.visitor"}, {http.MethodPost, "visitor"},
		{http.MethodPost, "room.close"}, {http.MethodPost, "room.closeByUser"},
		{http.MethodPost, "message"}, {http.MethodPut, "message/x"}, {http.MethodDelete, "message/x"},
		{http.MethodPost, "visitor.status"}, {http.MethodPost, "page.visited"},
		{http.MethodPost, "custom.field"}, {http.MethodPost, "custom.fields"},
		{http.MethodPost, "../chat.postMessage"}, {http.MethodPost, "agent.status"}, {http.MethodPost, "inquiries.take"},
		{http.MethodPost, "room.forward"}, {http.MethodPost, "room.saveInfo"},
	} {
		t.Run(call.call, func(t *testing.T) {
			for _, body := range bodies {
				a := s.Send(t, call.method, path.Join(API, call.call), body, SignedIn...)
				if a.Status >= 500 || a.Member(t, "success") != (a.Status == 200) {
					t.Fatalf("%d %s to %q", a.Status, a.Body, body)
				}
			}
		})
	}
}
