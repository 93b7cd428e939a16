// Command room-save-info answers POST livechat/room.saveInfo: an agent says what
// a room is about.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomSaveInfo(db, livechat.NewID), db.Prime)
}
