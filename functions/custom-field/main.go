// Command custom-field answers POST livechat/custom.field and POST
// livechat/custom.fields, which record what the website knows about its visitor.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.CustomField(db), db.Prime)
}
