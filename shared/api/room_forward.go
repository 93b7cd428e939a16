package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// RoomForwarder lists the store methods that RoomForward uses.
type RoomForwarder interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// AgentsWithLoad returns all agents, each with its number of open rooms.
	AgentsWithLoad(ctx context.Context) ([]livechat.Agent, error)
	Departments(ctx context.Context) ([]livechat.Department, error)
	// ChangeRoom applies change to the room. It fails with livechat.ErrInvalidRoom, or
	// with change's error.
	ChangeRoom(ctx context.Context, rid string, change func(livechat.Room) (livechat.Change, error)) (livechat.Room, error)
}

// forward is the body, which has either UserID or DepartmentID.
type forward struct {
	RoomID       string `json:"roomId"`
	UserID       string `json:"userId"`
	DepartmentID string `json:"departmentId"`
	Comment      string `json:"comment"`
}

// forwardBody accepts clientAction, which is about the caller's screen, and ignores it.
var forwardBody = schema.Either{
	IfAny:     []string{"departmentId"},
	Then:      forwardTo("departmentId"),
	Otherwise: forwardTo("userId"),
}

func forwardTo(target string) schema.Object {
	return schema.Object{
		schema.Required("roomId", idText),
		schema.Required(target, idText),
		schema.Optional("comment", schema.Text{Max: maxText}),
		schema.Optional("clientAction", schema.Bool{}),
	}
}

var (
	errUserOffline      = livechat.NewRefusal("error-user-is-offline")
	errSameAgent        = livechat.NewRefusal("error-selected-agent-room-agent-are-same")
	errNoSuchDepartment = livechat.NewRefusal("error-invalid-department")
	errSameDepartment   = livechat.NewRefusal("error-forwarding-chat-same-department")
	errNobodyOnline     = livechat.NewRefusal("error-no-agents-online-in-department")
)

// RoomForward answers POST livechat/room.forward: it forwards a room to another agent or
// department. newID returns the ids of the system messages.
func RoomForward(forwards RoomForwarder, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(forwards, r, livechat.ViewRoom)
		defer caller.release()

		var body forward
		if invalid := schema.Decode(r.Body, forwardBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		teamTask := startTask(ctx, func(ctx context.Context) (team, error) { return readTeam(ctx, forwards) })
		defer teamTask.stop()
		_, err := forwards.ChangeRoom(ctx, body.RoomID, func(room livechat.Room) (livechat.Change, error) {
			user, team, err := authorizedWith(caller, teamTask)
			if err != nil {
				return livechat.Change{}, err
			}
			if !room.Open {
				return livechat.Change{}, livechat.ErrRoomClosed
			}
			if err := user.MayHandle(room); err != nil {
				return livechat.Change{}, err
			}
			target, err := team.target(body, room)
			if err != nil {
				return livechat.Change{}, err
			}
			return room.Forward(target, user, body.Comment, newID, httpapi.RequestTime(r.Context())), nil
		})
		err = caller.preferAuthError(err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, livechat.ErrUserInvalidRoom
		}
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.RoomsForwarded)
		return struct{}{}, nil
	})
}

// team holds the agents and departments that a room can be forwarded to.
type team struct {
	settings    settings.Settings
	agents      []livechat.Agent
	departments []livechat.Department
}

func readTeam(ctx context.Context, forwards RoomForwarder) (team, error) {
	settings := startTask(ctx, forwards.Settings)
	defer settings.stop()
	departments := startTask(ctx, forwards.Departments)
	defer departments.stop()
	var t team
	var errs [3]error
	t.agents, errs[0] = forwards.AgentsWithLoad(ctx)
	t.departments, errs[1] = departments.wait()
	t.settings, errs[2] = settings.wait()
	return t, errors.Join(errs[:]...)
}

// target returns the agent or department to which the room is forwarded.
func (t team) target(to forward, room livechat.Room) (livechat.Target, error) {
	if to.DepartmentID != "" {
		return t.department(to.DepartmentID, room)
	}
	at := slices.IndexFunc(t.agents, func(a livechat.Agent) bool { return a.ID == to.UserID })
	switch {
	case at < 0:
		return livechat.Target{}, livechat.ErrInvalidAgent
	case room.ServedByUser(to.UserID):
		return livechat.Target{}, errSameAgent
	case !t.agents[at].Online():
		return livechat.Target{}, errUserOffline
	}
	return livechat.Target{Agent: &t.agents[at]}, nil
}

// department returns the department, or its fallback if nobody in the department is
// online. It adds the least busy online agent, but never the room's current agent. It adds
// no agent if the room is to wait in the department's queue.
func (t team) department(id string, room livechat.Room) (livechat.Target, error) {
	wanted, known := livechat.FindDepartment(t.departments, id)
	if !known {
		return livechat.Target{}, errNoSuchDepartment
	}
	if wanted.ID == room.DepartmentID {
		return livechat.Target{}, errSameDepartment
	}
	others := slices.DeleteFunc(slices.Clone(t.agents), func(a livechat.Agent) bool { return room.ServedByUser(a.ID) })
	agent, at, online := livechat.Route(others, t.departments, wanted.ID, "", livechat.LeastBusy)
	if !online && !t.settings.AcceptChatsWithNoAgents {
		return livechat.Target{}, errNobodyOnline
	}
	found, _ := livechat.FindDepartment(t.departments, at)
	if !online || t.settings.RoutingMethod != settings.RoutingAuto {
		return livechat.Target{Department: &found}, nil
	}
	return livechat.Target{Agent: &agent, Department: &found}, nil
}
