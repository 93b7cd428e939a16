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

// visibleAgent holds the parts of an agent that visitors see.
type visibleAgent struct {
	ID       string `json:"_id"`
	Name     string `json:"name,omitempty"`
	Username string `json:"username"`
	Status   string `json:"status"`
}

func newVisibleAgent(a livechat.Agent) visibleAgent {
	return visibleAgent{a.ID, a.Name, a.Username, a.Status}
}

// visibleServingUser returns what visitors see of a user who serves a room without being an
// agent. The status is not-available, because such a user takes no new rooms.
func visibleServingUser(s livechat.ServedBy) visibleAgent {
	return visibleAgent{ID: s.ID, Username: s.Username, Status: livechat.NotAvailable}
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
			return map[string]visibleAgent{"agent": visibleServingUser(*room.ServedBy)}, nil
		}
		if err != nil {
			return nil, err
		}
		return map[string]visibleAgent{"agent": newVisibleAgent(agent)}, nil
	})
}
