// Command visitor-get answers GET livechat/visitor/{token} with the visitor's own
// profile.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.VisitorGet(db), db.Prime)
}
