package api

import (
	"cmp"
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
	errInquiryNotFound = livechat.NewRefusal("error-inquiry-not-found")
	errInquiryTaken    = livechat.NewRefusal("error-inquiry-taken")
	errAgentOffline    = livechat.NewTypedRefusal("error-agent-status-service-offline",
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
// queue. Taking a room on another agent's behalf also needs the manager permission. newID
// returns the id of the system message.
func InquiriesTake(store RoomTaker, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(store, r, livechat.ViewRoom)
		defer caller.release()

		var body struct {
			ID     string `json:"inquiryId"`
			UserID string `json:"userId"`
		}
		if invalid := schema.Decode(r.Body, takeBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		userID := r.Header.Get("X-User-Id")
		body.UserID = cmp.Or(body.UserID, userID)
		if body.UserID != userID {
			caller.needs = append(caller.needs, livechat.ViewManager)
		}
		agentTask := startTask(ctx, func(ctx context.Context) (livechat.Agent, error) { return store.Agent(ctx, body.UserID) })
		defer agentTask.stop()
		room, err := store.ChangeRoom(ctx, body.ID, func(room livechat.Room) (livechat.Change, error) {
			if _, err := caller.authorized(); err != nil {
				return livechat.Change{}, err
			}
			agent, agentErr := agentTask.wait()
			switch {
			case !room.Open:
				return livechat.Change{}, errInquiryNotFound
			case room.ServedByUser(body.UserID):
				return livechat.Change{Room: room}, nil
			case room.ServedBy != nil:
				return livechat.Change{}, errInquiryTaken
			case agentErr != nil:
				return livechat.Change{}, agentErr
			case !agent.Online():
				return livechat.Change{}, errAgentOffline
			}
			return room.Take(agent, newID, httpapi.RequestTime(r.Context())), nil
		})
		err = caller.preferAuthError(err)
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

func takenInquiry(room livechat.Room) inquiry {
	return inquiry{
		ID: room.ID, RoomID: room.ID, Name: room.Name, Ts: room.OpenedAt, Status: "taken", Department: room.DepartmentID,
		Visitor: inquiryVisitor{room.Visitor.ID, room.Visitor.Username, room.Visitor.Status},
		Agent:   inquiryAgent{room.ServedBy.ID, room.ServedBy.Username},
	}
}
