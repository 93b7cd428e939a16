package main

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

// operatorID is who did what the command line does, in the audit and in rooms.
const operatorID = "operator"

// closedByOperator closes a room as somebody at the command line does. Nobody is
// asked about it.
func closedByOperator(settings livechat.Settings, r livechat.Room, comment string) (livechat.Closed, error) {
	room := r.Close(livechat.Closing{
		Now: livechat.At(time.Now()), By: &livechat.User{ID: operatorID, Username: operatorID},
		Comment: comment, MessageID: livechat.NewID(),
	})
	asked, err := survey.AtClosing(settings, room)
	if !asked.Final() {
		asked = asked.Skip(livechat.SkipDisabled)
	}
	return livechat.Closed{Room: room, Survey: asked}, err
}
