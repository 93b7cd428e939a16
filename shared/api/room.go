package api

import (
	"context"
	"net/http"
	"slices"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// Rooms lists the store methods that Room uses.
type Rooms interface {
	RateLimiter
	// VisitorByToken returns the visitor and their open room, which is nil if there is
	// none. It fails with livechat.ErrInvalidToken.
	VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error)
	Settings(ctx context.Context) (settings.Settings, error)
	// RoutingAgents returns the agents with their loads, and the function that chooses
	// among them for the new room.
	RoutingAgents(ctx context.Context, rid string, now livechat.Time) ([]livechat.Agent, livechat.Choice, error)
	Departments(ctx context.Context) ([]livechat.Department, error)
	// OpenRoom stores the visitor's open room and returns it with true. If a room is
	// open already, it returns that room with false.
	OpenRoom(ctx context.Context, opened livechat.Change) (livechat.Room, bool, error)
	WholeRooms
}

// WholeRooms lists the store methods that return a room's long answers.
type WholeRooms interface {
	// WithLongAnswers returns the room with its survey answers at full length.
	WithLongAnswers(ctx context.Context, room livechat.Room) (livechat.Room, error)
}

type roomAnswer struct {
	Room    livechat.Room `json:"room"`
	NewRoom bool          `json:"newRoom"`
}

// Room answers GET livechat/room: it resumes the visitor's open room, or opens a new
// room. newID returns the ids of the room and its messages.
func Room(rooms Rooms, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		query, err := readQuery(r, parameter{name: "token", required: true}, parameter{name: "rid"}, parameter{name: "agentId"})
		if err != nil {
			return nil, err
		}
		token, rid := query.Get("token"), query.Get("rid")
		if !livechat.CanBeToken(token) {
			return nil, livechat.ErrInvalidToken
		}
		visitor, open, err := rooms.VisitorByToken(r.Context(), token)
		if err != nil {
			return nil, err
		}
		if open != nil && (rid == "" || rid == open.ID) {
			room, err := rooms.WithLongAnswers(r.Context(), *open)
			return roomAnswer{Room: room}, err
		}
		if rid != "" {
			return nil, livechat.ErrInvalidRoom
		}
		return openRoom(r.Context(), rooms, livechat.OpenParams{
			ID:      newID(),
			Visitor: visitor,
			Source:  source(r),
			AgentID: query.Get("agentId"),
			Now:     httpapi.RequestTime(r.Context()),
			NewID:   newID,
		}, clientKey(r))
	})
}

func openRoom(ctx context.Context, rooms Rooms, opening livechat.OpenParams, client string) (any, error) {
	// Concurrent calls count as one opening, because they have the same LastEndedID.
	admission := admit(ctx, rooms, livechat.RateUse{
		Limit: livechat.RoomsPerAddress, By: client, What: opening.Visitor.Token + " " + opening.Visitor.LastEndedID,
	})
	defer admission.release()
	settingsTask := startTask(ctx, rooms.Settings)
	defer settingsTask.stop()
	departmentsTask := startTask(ctx, func(ctx context.Context) ([]livechat.Department, error) {
		if opening.Visitor.Department == "" {
			return nil, nil
		}
		return rooms.Departments(ctx)
	})
	defer departmentsTask.stop()
	agents, choose, err := rooms.RoutingAgents(ctx, opening.ID, opening.Now)
	if err := admission.preferRateLimitError(err); err != nil {
		return nil, err
	}
	opening.Choose = choose
	settings, err := settingsTask.wait()
	if err != nil {
		return nil, err
	}
	departments, err := departmentsTask.wait()
	if err != nil {
		return nil, err
	}
	newRoom, err := livechat.OpenRoom(opening, settings, agents, departments)
	if err != nil {
		return nil, err
	}
	room, opened, err := rooms.OpenRoom(ctx, newRoom)
	if err != nil {
		return nil, err
	}
	if opened {
		telemetry.Count(telemetry.RoomsOpened)
	} else {
		telemetry.Count(telemetry.DuplicatesPrevented)
	}
	return roomAnswer{Room: room, NewRoom: opened}, nil
}

// source returns where the request came from. The widget marks its requests with two
// cookies.
func source(r *http.Request) livechat.Source {
	if hasCookie(r, "rc_room_type", "l") && hasCookie(r, "rc_is_widget", "t") {
		return livechat.Source{Type: "widget", Destination: r.Host}
	}
	return livechat.Source{Type: "api"}
}

func hasCookie(r *http.Request, name, value string) bool {
	return slices.ContainsFunc(r.CookiesNamed(name), func(c *http.Cookie) bool { return c.Value == value })
}
