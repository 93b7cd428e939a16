// Command message-get answers GET livechat/message/{_id} with one message of the
// visitor's room.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.MessageGet(db), db.Prime)
}
