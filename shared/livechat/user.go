package livechat

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
)

// User is someone who signs in: an agent, a supervisor, an administrator.
type User struct {
	ID        string   `json:"_id"`
	Username  string   `json:"username"`
	Name      string   `json:"name,omitempty"`
	Roles     []string `json:"roles"`
	Active    bool     `json:"active"`
	CreatedAt Time     `json:"createdAt"`

	// Version counts the user's changes, as Room.Version does.
	Version int `json:"-"`
}

// NewAgent returns the user as an agent who is available.
func (u User) NewAgent() Agent {
	return Agent{ID: u.ID, Username: u.Username, Name: u.Name, Status: Available}
}

// The roles of users.
const (
	RoleAgent   = "livechat-agent"
	RoleMonitor = "livechat-monitor"
	RoleManager = "livechat-manager"
	RoleAdmin   = "admin"
)

// Roles lists all roles.
var Roles = []string{RoleAgent, RoleMonitor, RoleManager, RoleAdmin}

// Permission is the right to do one kind of thing.
type Permission string

// The permissions.
const (
	// ViewRoom is the right to see a room and its visitor, and to move the room to
	// another visitor.
	ViewRoom Permission = "view-l-room"
	// CloseRoom is the right to close a room that the user serves.
	CloseRoom Permission = "close-livechat-room"
	// CloseOthersRoom is the right to close a room that somebody else or nobody serves.
	CloseOthersRoom Permission = "close-others-livechat-room"
	// ViewRooms is the right to see other agents' rooms, and to write in them.
	ViewRooms Permission = "view-livechat-rooms"
	// ViewManager is the right to see the figures of the whole team.
	ViewManager Permission = "view-livechat-manager"
)

var (
	everyRole   = []string{RoleAgent, RoleMonitor, RoleManager, RoleAdmin}
	supervisors = []string{RoleMonitor, RoleManager, RoleAdmin}
)

var rolesThatMay = map[Permission][]string{
	ViewRoom:        everyRole,
	CloseRoom:       everyRole,
	CloseOthersRoom: supervisors,
	ViewRooms:       supervisors,
	ViewManager:     supervisors,
}

// May reports whether one of the user's roles has the permission.
func (u User) May(p Permission) bool {
	return slices.ContainsFunc(u.Roles, func(role string) bool {
		return slices.Contains(rolesThatMay[p], role)
	})
}

// MayHandle returns an error unless the user serves the room or may see other agents'
// rooms.
func (u User) MayHandle(room Room) error {
	if room.ServedByUser(u.ID) || u.May(ViewRooms) {
		return nil
	}
	return ErrUserNotAuthorized
}

// AuthToken is the stored form of a user's token. The token itself is shown once, when it
// is made, and never stored.
type AuthToken struct {
	Hash      string `json:"hash"`
	UserID    string `json:"userId"`
	Name      string `json:"name,omitempty"`
	CreatedAt Time   `json:"createdAt"`
	// ExpiresAt is absent if the token never expires.
	ExpiresAt Time `json:"expiresAt,omitempty"`
}

// HashToken returns the stored form of a token: base64 of its SHA-256.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Admits reports whether token is the user's token and has not expired at now. The
// comparison takes constant time.
func (t AuthToken) Admits(token string, now Time) bool {
	same := subtle.ConstantTimeCompare([]byte(t.Hash), []byte(HashToken(token))) == 1
	return same && (t.ExpiresAt == 0 || now < t.ExpiresAt)
}
