// Command room answers GET livechat/room: it resumes the visitor's open room, or opens a
// new room.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.Room(db, livechat.NewID), db.Prime)
}
