package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// RoomAgentFinder lists the store methods that AgentInfo uses.
type RoomAgentFinder interface {
	// VisitorsRoom returns the visitor's room, whether open or closed. It fails with
	// livechat.ErrInvalidToken or ErrInvalidRoom.
	VisitorsRoom(ctx context.Context, token, rid string) (livechat.Room, error)
	// Agent returns the agent with the id, or fails with livechat.ErrInvalidAgent.
	Agent(ctx context.Context, id string) (livechat.Agent, error)
}

// agentShown is an agent as visitors see them.
type agentShown struct {
	ID       string `json:"_id"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username"`
	Status   string `json:"status"`
}

func shownAgent(a livechat.Agent) agentShown { return agentShown{a.ID, a.Name, a.Username, a.Status} }

// noAgent returns a user who serves a room but is not an agent, or no longer an agent, as
// visitors see them. Such a user does not take new rooms.
func noAgent(s livechat.ServedBy) agentShown {
	return agentShown{ID: s.ID, Username: s.Username, Status: livechat.NotAvailable}
}

// AgentInfo answers GET livechat/agent.info/{rid}/{token} with the agent who serves
// the visitor's room.
func AgentInfo(agents RoomAgentFinder) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		rid, token := r.PathValue("rid"), r.PathValue("token")
		if !livechat.CanBeToken(token) {
			return nil, livechat.ErrInvalidToken
		}
		room, err := agents.VisitorsRoom(r.Context(), token, rid)
		if err != nil {
			return nil, err
		}
		if room.ServedBy == nil {
			return nil, livechat.ErrInvalidAgent
		}
		agent, err := agents.Agent(r.Context(), room.ServedBy.ID)
		if errors.Is(err, livechat.ErrInvalidAgent) {
			return map[string]agentShown{"agent": noAgent(*room.ServedBy)}, nil
		}
		if err != nil {
			return nil, err
		}
		return map[string]agentShown{"agent": shownAgent(agent)}, nil
	})
}
