// Command agent-status answers POST livechat/agent.status, which sets whether an agent
// takes new rooms.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.AgentStatus(db), db.Prime)
}
