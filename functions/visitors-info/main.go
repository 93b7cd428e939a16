// Command visitors-info answers GET livechat/visitors.info with a visitor as agents see
// them.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.VisitorsInfo(db), db.Prime)
}
