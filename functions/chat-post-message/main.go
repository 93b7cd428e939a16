// Command chat-post-message answers POST chat.postMessage: an agent writes in a room.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.ChatPostMessage(db, livechat.NewID), db.Prime)
}
