// Command room-close-by-user answers POST livechat/room.closeByUser: an agent ends
// the chat.
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
	lambdahttp.Start(api.RoomCloseByUser(db, survey.AtClosing, livechat.NewID), db.Prime)
}
