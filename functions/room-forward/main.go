// Command room-forward answers POST livechat/room.forward: a room goes to
// another agent or department.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomForward(db, livechat.NewID), db.Prime)
}
