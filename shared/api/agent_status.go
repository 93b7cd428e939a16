package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// AgentStatusSetter lists the store methods that AgentStatus uses.
type AgentStatusSetter interface {
	Authenticator
	// SetAgentStatus fails with livechat.ErrInvalidAgent if id is not an agent's.
	SetAgentStatus(ctx context.Context, id, status string) error
}

var agentStatusBody = schema.Object{
	schema.Required("status", schema.OneOf{livechat.Available, livechat.NotAvailable}),
	schema.Optional("agentId", idText),
}

// AgentStatus answers POST livechat/agent.status, which sets whether an agent takes
// new rooms.
func AgentStatus(agents AgentStatusSetter) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		_, caller := callerOf(agents, r)
		defer caller.release()

		var body struct {
			Status  string `json:"status"`
			AgentID string `json:"agentId"`
		}
		if invalid := schema.Decode(r.Body, agentStatusBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		user, err := caller.signedIn()
		if err != nil {
			return nil, err
		}
		if body.AgentID == "" {
			body.AgentID = user.ID
		}
		if body.AgentID != user.ID && !user.May(livechat.ViewManager) {
			return nil, livechat.ErrNotAllowed
		}
		if err := agents.SetAgentStatus(r.Context(), body.AgentID, body.Status); err != nil {
			return nil, err
		}
		return map[string]string{"status": body.Status}, nil
	})
}
