package target

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
)

// Noise is a source of random bytes, the same on every run.
type Noise struct{ random *rand.Rand }

// NewNoise returns a source at its beginning.
func NewNoise() Noise { return Noise{rand.New(rand.NewPCG(1, 2))} }

// Bytes returns count random bytes.
func (n Noise) Bytes(count int) string {
	b := make([]byte, count)
	for i := range b {
		b[i] = byte(n.random.Uint32())
	}
	return string(b)
}

// Query returns a query value of random bytes.
func (n Noise) Query() string {
	query := ""
	for _, b := range []byte(n.Bytes(n.random.IntN(40))) {
		query += fmt.Sprintf("%%%02x", b)
	}
	return query
}

// Bodies returns 100,000 random bytes in one piece, count smaller pieces, and count
// damaged copies of a good request.
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

// BodyCalls are the calls that take a body.
var BodyCalls = []struct{ Method, Path string }{
	{http.MethodPost, API + "room.survey"}, {http.MethodPut, API + "room.visitor"}, {http.MethodPost, API + "visitor"},
	{http.MethodPost, API + "room.close"}, {http.MethodPost, API + "room.closeByUser"},
	{http.MethodPost, API + "message"}, {http.MethodPut, API + "message/x"}, {http.MethodDelete, API + "message/x"},
	{http.MethodPost, API + "visitor.status"}, {http.MethodPost, API + "page.visited"},
	{http.MethodPost, API + "custom.field"}, {http.MethodPost, API + "custom.fields"},
	{http.MethodPost, Chat}, {http.MethodPost, API + "agent.status"}, {http.MethodPost, API + "inquiries.take"},
	{http.MethodPost, API + "room.forward"}, {http.MethodPost, API + "room.saveInfo"},
}

// RandomBodies returns as many random bodies as each call should get.
func (s *System) RandomBodies() []string {
	if testing.Short() {
		return NewNoise().Bodies(s.Many(50))
	}
	return NewNoise().Bodies(s.Many(200))
}

// NeverOurFault sends the bodies to each call that takes one. Each must be refused or
// accepted, without a server error.
func (s *System) NeverOurFault(t *testing.T, bodies []string) {
	t.Helper()
	for _, call := range BodyCalls {
		t.Run(call.Path, func(t *testing.T) {
			for _, body := range bodies {
				a := s.Send(t, call.Method, call.Path, body, SignedIn...)
				if a.Status >= 500 || a.Status == http.StatusOK != (a.Member(t, "success") == true) {
					t.Fatalf("%d %s to %q", a.Status, a.Body, body)
				}
			}
		})
	}
}
