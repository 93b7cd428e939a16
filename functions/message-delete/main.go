// Command message-delete answers DELETE livechat/message/{_id}: the visitor deletes one
// of their own messages.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.MessageDelete(db), db.Prime)
}
