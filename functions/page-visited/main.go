// Command page-visited answers POST livechat/page.visited: the visitor went to a
// page.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.PageVisited(db, livechat.NewID), db.Prime)
}
