// Command visitor-status answers POST livechat/visitor.status, which sets whether the
// visitor is online, away, busy or offline.
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
