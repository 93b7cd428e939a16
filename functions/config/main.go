// Command config answers GET livechat/config with the widget's configuration and the chat
// to resume.
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
