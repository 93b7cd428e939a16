// Command retention runs daily and erases data that is older than the settings allow.
package main

import (
	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/schedule"
	"livechat/shared/store"
)

// atMost limits how many items of each kind a run examines, which takes some minutes.
const atMost = 50_000

func main() {
	db := store.FromEnvironment()
	schedule.Start(retention.Sweeper{Data: db, NewID: livechat.NewID, AtMost: atMost}.Run, db.Prime)
}
