// Command visitor-delete answers DELETE livechat/visitor/{token}: it deletes the visitor
// with all their data.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.VisitorDelete(db, livechat.NewID), db.Prime)
}
