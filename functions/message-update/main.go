// Command message-update answers PUT livechat/message/{_id}: the visitor edits one of
// their own messages.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.MessageUpdate(db), db.Prime)
}
