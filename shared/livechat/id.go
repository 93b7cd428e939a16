package livechat

import (
	"crypto/rand"
	"strings"
)

const (
	// idAlphabet leaves out easily misread characters: 0 and O, 1, I, l, U, V. It is in
	// ASCII order.
	idAlphabet = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
	idLength   = 17
	// idTimeLength characters can encode times in milliseconds up to the year 4623.
	idTimeLength = 8
)

// NewID returns a new random id for a room, visitor, user or history entry: 17 characters
// (98 bits) from a cryptographic source.
func NewID() string {
	// Skip the highest values of a byte, so that all letters are equally likely.
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

// messageID returns a new message id. It consists of the message's time and as many
// characters of random as fit (52 bits). With the time, the store can find the message by
// its id alone.
func messageID(t Time, random string) string {
	var id [idTimeLength]byte
	for i, rest := idTimeLength-1, int64(t); i >= 0; i-- {
		id[i] = idAlphabet[rest%int64(len(idAlphabet))]
		rest /= int64(len(idAlphabet))
	}
	return string(id[:]) + random[:min(len(random), idLength-idTimeLength)]
}

// MessageTime returns the time that messageID encoded in the id. It returns false if
// messageID cannot have made the id.
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
