// Command retention runs each day: it erases what was kept for as long as the
// settings say.
package main

import (
	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/schedule"
	"livechat/shared/store"
)

// atMost is how many things of each kind a run looks at: some minutes' work.
const atMost = 50_000

func main() {
	db := store.FromEnvironment()
	schedule.Start(retention.Sweeper{Data: db, NewID: livechat.NewID, AtMost: atMost}.Run, db.Prime)
}
