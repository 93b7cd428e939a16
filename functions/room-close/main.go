// Command room-close answers POST livechat/room.close: the visitor ends the chat. The
// rules decide whether the visitor is surveyed later.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/survey"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomClose(db, survey.AtClosing, livechat.NewID), db.Prime)
}
