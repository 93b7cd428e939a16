// Command room-messages answers GET livechat/{rid}/messages with a room's messages as
// agents see them.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.RoomMessages(db), db.Prime)
}
