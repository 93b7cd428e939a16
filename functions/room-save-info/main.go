// Command room-save-info answers POST livechat/room.saveInfo: an agent describes a room
// and its visitor.
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
