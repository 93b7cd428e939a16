// Command rooms answers GET livechat/rooms with the rooms that the caller may see.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.ListRooms(db), db.Prime)
}
