// Command config answers GET livechat/config: what a website's widget goes by,
// and the chat it is to go on with.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.Config(db), db.Prime)
}
