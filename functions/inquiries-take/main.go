// Command inquiries-take answers POST livechat/inquiries.take: an agent takes a room from
// the queue.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.InquiriesTake(db, livechat.NewID), db.Prime)
}
