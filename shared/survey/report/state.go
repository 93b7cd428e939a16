package report

import "livechat/shared/livechat"

// DayState says of which day there are figures, when they were computed and up
// to when they can change.
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
