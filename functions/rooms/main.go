// Command rooms answers GET livechat/rooms: the rooms that an agent may see.
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
