// Command visitor-status answers POST livechat/visitor.status: whether the
// visitor is there.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.VisitorStatus(db), db.Prime)
}
