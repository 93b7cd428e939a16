package report

import "livechat/shared/livechat"

// DayState says when the stored figures of a day were computed, and until when they can
// change.
type DayState struct {
	Day       string        `json:"day"`
	CountedAt livechat.Time `json:"at"`
	OpenUntil livechat.Time `json:"openUntil"`
}

// StaleDay is a day whose surveys have changed after its figures became final.
type StaleDay struct {
	Day string `json:"SK"`
	ID  string `json:"_id"`
}
