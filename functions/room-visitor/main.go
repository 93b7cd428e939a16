// Command room-visitor answers PUT livechat/room.visitor: an agent moves a room to
// another visitor.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomVisitor(db, livechat.NewID), db.Prime)
}
