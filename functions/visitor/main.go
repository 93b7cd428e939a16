// Command visitor answers POST livechat/visitor: it registers a visitor, or updates the
// visitor with the token.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.Visitor(db, livechat.NewID), db.Prime)
}
