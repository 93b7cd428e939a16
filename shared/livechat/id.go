package livechat

import "crypto/rand"

const (
	// idAlphabet leaves out what is easily misread: 0 and O, 1, I, l, U, V.
	idAlphabet = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
	idLength   = 17
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
