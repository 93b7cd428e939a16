package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// RoomCloser lists the store methods that RoomClose uses.
type RoomCloser interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// CloseVisitorsRoom applies decide to the visitor's room and stores the result. It
	// fails with livechat.ErrInvalidToken or ErrInvalidRoom, or with decide's error.
	CloseVisitorsRoom(ctx context.Context, token, rid string,
		decide func(livechat.Room) (livechat.Closed, error)) (livechat.Closed, error)
}

var closeBody = schema.Object{
	schema.Required("rid", idText),
	schema.Required("token", schema.Text{Max: livechat.MaxToken}),
}

type closeAnswer struct {
	RoomID  string `json:"rid"`
	Comment string `json:"comment"`
}

// Schedule returns the survey of a room that has just been closed. The survey says when
// the visitor will be surveyed, or why not.
type Schedule func(settings.Settings, livechat.Room) (livechat.Survey, error)

// RoomClose answers POST livechat/room.close: the visitor ends the chat. newID returns
// the id of the closing message.
func RoomClose(closings RoomCloser, schedule Schedule, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			RoomID string `json:"rid"`
			Token  string `json:"token"`
		}
		if err := schema.Decode(r.Body, closeBody, &body); err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(body.Token) {
			return nil, livechat.ErrInvalidToken
		}
		settings := startTask(r.Context(), closings.Settings)
		defer settings.stop()
		closed, err := closings.CloseVisitorsRoom(r.Context(), body.Token, body.RoomID,
			func(room livechat.Room) (livechat.Closed, error) {
				if !room.Open {
					return livechat.Closed{}, livechat.ErrRoomClosed
				}
				settings, err := settings.wait()
				if err != nil {
					return livechat.Closed{}, err
				}
				if !settings.Widget.Behaviour.VisitorsCanCloseChat {
					return livechat.Closed{}, livechat.ErrClosingNotAllowed
				}
				return schedule.close(room, settings, livechat.CloseParams{
					Now: httpapi.RequestTime(r.Context()), Comment: livechat.ClosedByVisitor, NewID: newID,
				})
			})
		if err != nil {
			return nil, err
		}
		countClosed(closed)
		return closeAnswer{RoomID: closed.Room.ID, Comment: livechat.ClosedByVisitor}, nil
	})
}

// close returns the closed room with its closing message and survey.
func (schedule Schedule) close(room livechat.Room, settings settings.Settings, c livechat.CloseParams) (livechat.Closed, error) {
	closed := room.Close(c)
	survey, err := schedule(settings, closed.Room)
	return livechat.Closed{Change: closed, Survey: survey}, err
}

func countClosed(closed livechat.Closed) {
	telemetry.Count(telemetry.RoomsClosed)
	switch closed.Survey.State {
	case livechat.SurveyScheduled:
		telemetry.Count(telemetry.SurveysScheduled)
	case livechat.SurveySkipped:
		telemetry.Count(telemetry.SurveysSkipped)
	}
}
