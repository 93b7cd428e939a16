// Command agents-recount runs each hour: it counts agents' open rooms anew, and
// puts right what drifted.
package main

import (
	"livechat/shared/routing"
	"livechat/shared/schedule"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	schedule.Start(routing.Recounter{Agents: db}.Run, db.Prime)
}
