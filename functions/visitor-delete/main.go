// Command visitor-delete answers DELETE livechat/visitor/{token}: the visitor goes, and all
// that is theirs.
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
