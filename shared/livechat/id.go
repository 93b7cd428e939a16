package livechat

import (
	"crypto/rand"
	"strings"
)

const (
	// idAlphabet leaves out what is easily misread: 0 and O, 1, I, l, U, V. It is in
	// the order of ASCII.
	idAlphabet = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
	idLength   = 17
	// idTimeLength characters hold a time in milliseconds until the year 4623.
	idTimeLength = 8
)

// NewID returns a new identity for a room, visitor, user or history entry: 17
// characters (98 bits) from a cryptographic source.
func NewID() string {
	// A byte past the last whole multiple of the alphabet is drawn again, else
	// the first letters would be likelier than the rest.
	const fair = 256 - 256%len(idAlphabet)
	id := make([]byte, 0, idLength)
	for len(id) < idLength {
		var random [2 * idLength]byte
		rand.Read(random[:])
		for _, b := range random {
			if int(b) < fair && len(id) < idLength {
				id = append(id, idAlphabet[int(b)%len(idAlphabet)])
			}
		}
	}
	return string(id)
}

// messageID returns the id of a message that the service names: its time, and
// then as many characters of a random id as an id has left (52 bits). So the
// message is found by its id alone.
func messageID(t Time, random string) string {
	var id [idTimeLength]byte
	for i, rest := idTimeLength-1, int64(t); i >= 0; i-- {
		id[i] = idAlphabet[rest%int64(len(idAlphabet))]
		rest /= int64(len(idAlphabet))
	}
	return string(id[:]) + random[:min(len(random), idLength-idTimeLength)]
}

// MessageTime returns the time that the message with the id has if the service
// named it; false for an id that the service cannot have made.
func MessageTime(id string) (Time, bool) {
	if len(id) <= idTimeLength {
		return 0, false
	}
	t := int64(0)
	for i := range idTimeLength {
		digit := strings.IndexByte(idAlphabet, id[i])
		if digit < 0 {
			return 0, false
		}
		t = t*int64(len(idAlphabet)) + int64(digit)
	}
	return Time(t), true
}
