// Command agent-info answers GET livechat/agent.info/{rid}/{token} with the agent who
// serves the visitor's room.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.AgentInfo(db), db.Prime)
}
