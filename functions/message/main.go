// Command message answers POST livechat/message: the visitor posts a message.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.Message(db, livechat.NewID), db.Prime)
}
