// Command messages-history answers GET livechat/messages.history/{rid} with the messages
// of the visitor's room.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.MessagesHistory(db), db.Prime)
}
