// Command room-survey answers POST livechat/room.survey: it stores the visitor's answers
// after a chat.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomSurvey(db, livechat.NewID), db.Prime)
}
