package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// RoomTaker lists the store methods that InquiriesTake uses.
type RoomTaker interface {
	Authenticator
	// Agent returns the agent with the id, or fails with livechat.ErrInvalidAgent.
	Agent(ctx context.Context, id string) (livechat.Agent, error)
	// ChangeRoom applies change to the room. It fails with livechat.ErrInvalidRoom, or
	// with change's error.
	ChangeRoom(ctx context.Context, rid string, change func(livechat.Room) (livechat.Change, error)) (livechat.Room, error)
}

// A queued room and its inquiry have the same id.
var takeBody = schema.Object{
	schema.Required("inquiryId", idText),
	schema.Optional("userId", idText),
}

var (
	errInquiryNotFound = livechat.Refuse("error-inquiry-not-found")
	errInquiryTaken    = livechat.Refuse("error-inquiry-taken")
	errAgentOffline    = livechat.RefuseAs("error-agent-status-service-offline",
		"Agent status is offline or Omnichannel service is not active")
)

type inquiry struct {
	ID         string         `json:"_id"`
	RoomID     string         `json:"rid"`
	Name       string         `json:"name"`
	Ts         livechat.Time  `json:"ts"`
	Status     string         `json:"status"`
	Department string         `json:"department,omitempty"`
	Visitor    inquiryVisitor `json:"v"`
	Agent      inquiryAgent   `json:"agent"`
}

type inquiryVisitor struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Status   string `json:"status,omitempty"`
}

type inquiryAgent struct {
	ID       string `json:"agentId"`
	Username string `json:"username"`
}

// InquiriesTake answers POST livechat/inquiries.take: an agent takes a room from the
// queue. newID returns the id of the system message.
func InquiriesTake(store RoomTaker, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(store, r)
		defer caller.release()

		var body struct {
			ID     string `json:"inquiryId"`
			UserID string `json:"userId"`
		}
		if invalid := schema.Decode(r.Body, takeBody, &body); invalid != nil {
			return nil, caller.refused(invalid)
		}
		if body.UserID == "" {
			body.UserID = r.Header.Get("X-User-Id")
		}
		agentTask := startTask(ctx, func(ctx context.Context) (livechat.Agent, error) { return store.Agent(ctx, body.UserID) })
		defer agentTask.stop()
		room, err := store.ChangeRoom(ctx, body.ID, func(room livechat.Room) (livechat.Change, error) {
			unchanged := livechat.Change{Room: room}
			if err := mayTake(caller, body.UserID); err != nil {
				return unchanged, err
			}
			if free, err := checkQueued(room, body.UserID); !free || err != nil {
				return unchanged, err
			}
			agent, err := agentTask.wait()
			if err != nil {
				return unchanged, err
			}
			if !agent.Online() {
				return unchanged, errAgentOffline
			}
			return room.Take(agent, newID, httpapi.RequestTime(r.Context())), nil
		})
		if refused := mayTake(caller, body.UserID); refused != nil {
			return nil, refused
		}
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, errInquiryNotFound
		}
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.RoomsTaken)
		return map[string]inquiry{"inquiry": takenInquiry(room)}, nil
	})
}

// mayTake returns an error unless the caller may take rooms. Taking a room on another
// agent's behalf also needs the manager permission.
func mayTake(caller caller, agentID string) error {
	user, err := caller.require(livechat.ViewRoom)
	if err == nil && agentID != user.ID && !user.May(livechat.ViewManager) {
		return livechat.ErrNotAllowed
	}
	return err
}

// checkQueued reports whether the room is queued. It returns false and no error if the
// agent already serves the room, and an error if the room is closed or somebody else
// serves it.
func checkQueued(room livechat.Room, agentID string) (bool, error) {
	switch {
	case !room.Open:
		return false, errInquiryNotFound
	case room.ServedByUser(agentID):
		return false, nil
	case room.ServedBy != nil:
		return false, errInquiryTaken
	}
	return true, nil
}

func takenInquiry(room livechat.Room) inquiry {
	return inquiry{
		ID: room.ID, RoomID: room.ID, Name: room.Name, Ts: room.OpenedAt, Status: "taken", Department: room.DepartmentID,
		Visitor: inquiryVisitor{room.Visitor.ID, room.Visitor.Username, room.Visitor.Status},
		Agent:   inquiryAgent{room.ServedBy.ID, room.ServedBy.Username},
	}
}
