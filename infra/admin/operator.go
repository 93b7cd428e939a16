package main

import (
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

// operatorID identifies the command line's user in the audit and in rooms.
const operatorID = "operator"

// closedByOperator closes a room on the operator's behalf. The visitor is not surveyed.
func closedByOperator(now livechat.Time, settings settings.Settings, r livechat.Room, comment string) (livechat.Closed, error) {
	change := r.Close(livechat.CloseParams{
		Now: now, By: &livechat.User{ID: operatorID, Username: operatorID},
		Comment: comment, NewID: livechat.NewID,
	})
	roomSurvey, err := survey.AtClosing(settings, change.Room)
	if !roomSurvey.Final() {
		roomSurvey = roomSurvey.Skip(livechat.SkipDisabled)
	}
	return livechat.Closed{Change: change, Survey: roomSurvey}, err
}
