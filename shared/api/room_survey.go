package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// SurveyAnswerer lists the store methods that RoomSurvey uses.
type SurveyAnswerer interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// AnswerSurvey applies answer to the visitor's room and returns the changed room. It
	// fails with livechat.ErrInvalidToken or ErrInvalidRoom, or with answer's error.
	AnswerSurvey(ctx context.Context, token, rid string,
		answer func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error)) (livechat.Room, error)
}

var surveyBody = schema.Object{
	schema.Required("token", schema.Text{Max: livechat.MaxToken}),
	schema.Required("rid", schema.Text{Min: 1, Max: livechat.MaxID}),
	schema.Required("data", schema.List{Min: 1, OrText: true, Of: schema.Object{
		schema.Required("name", schema.Text{Max: schema.MaxBody}),
		schema.Required("value", schema.Text{Max: schema.MaxBody}),
	}}),
}

type surveyAnswer struct {
	RoomID string           `json:"rid"`
	Data   livechat.Answers `json:"data"`
}

// RoomSurvey answers POST livechat/room.survey: it stores the visitor's answers after a
// chat. newID returns the id of the entry in the room's answer history.
func RoomSurvey(surveys SurveyAnswerer, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string            `json:"token"`
			RoomID string            `json:"rid"`
			Data   []livechat.Answer `json:"data"`
		}
		if err := schema.Decode(r.Body, surveyBody, &body); err != nil {
			return nil, err
		}
		for _, item := range body.Data {
			if item.Name == livechat.AdditionalFeedback && utf8.RuneCountInString(item.Value) > maxText {
				return nil, schema.TooLong(maxText)
			}
		}
		if body.Token == "" {
			return nil, livechat.ErrInvalidToken
		}
		settings := startTask(r.Context(), surveys.Settings)
		defer settings.stop()
		room, err := surveys.AnswerSurvey(r.Context(), body.Token, body.RoomID,
			func(room livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
				settings, err := settings.wait()
				if err != nil {
					return livechat.Room{}, livechat.AnswerEntry{}, err
				}
				now, given := httpapi.RequestTime(r.Context()), livechat.Usable(body.Data)
				room, err = room.CountAnswer(given, settings, now)
				if err == nil && len(given) == 0 {
					err = livechat.ErrInvalidData
				}
				if err != nil {
					return livechat.Room{}, livechat.AnswerEntry{}, err
				}
				entry := livechat.AnswerEntry{
					ID: newID(), RoomID: room.ID, Ts: now, Items: given, Channel: livechat.ChannelAPI,
				}
				return room.Answer(given, settings.SurveyAnswersReplace, now), entry, nil
			})
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.SurveysAnswered)
		return surveyAnswer{RoomID: room.ID, Data: room.SurveyFeedback}, nil
	})
}
