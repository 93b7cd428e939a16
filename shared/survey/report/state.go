package report

import "livechat/shared/livechat"

// DayState says when the stored figures of a day were computed, and until when they can
// change.
type DayState struct {
	Day       string        `json:"day"`
	At        livechat.Time `json:"at"`
	OpenUntil livechat.Time `json:"openUntil"`
}

// StaleDay is a day whose final figures have changed once more.
type StaleDay struct {
	Day string `json:"SK"`
	ID  string `json:"_id"`
}
