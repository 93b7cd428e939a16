package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

var (
	customField = schema.Object{
		schema.Required("key", shortText),
		schema.Required("value", schema.Text{Max: maxText}),
		schema.Required("overwrite", schema.Bool{}),
	}
	customFieldBody  = append(schema.Object{schema.Required("token", tokenText)}, customField...)
	customFieldsBody = schema.Object{
		schema.Required("token", tokenText),
		schema.Required("customFields", schema.List{Max: maxCustomFields, Of: customField}),
	}
)

// maxCustomFields limits how many fields one call may set.
const maxCustomFields = 100

type customFieldAnswer struct {
	Field livechat.CustomFieldValue `json:"field"`
}

type customFieldsAnswer struct {
	Fields []livechat.CustomFieldValue `json:"fields"`
}

// CustomField answers POST livechat/custom.field and POST livechat/custom.fields, which
// record what the website knows about its visitor.
func CustomField(fields VisitorUpdater) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/v1/livechat/custom.field", oneCustomField(fields))
	mux.Handle("/api/v1/livechat/custom.fields", manyCustomFields(fields))
	return mux
}

func oneCustomField(fields VisitorUpdater) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token string `json:"token"`
			livechat.CustomFieldValue
		}
		if err := schema.Decode(r.Body, customFieldBody, &body); err != nil {
			return nil, err
		}
		field := body.CustomFieldValue
		return customFieldAnswer{field}, setFields(r.Context(), fields, body.Token, []livechat.CustomFieldValue{field})
	})
}

func manyCustomFields(fields VisitorUpdater) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string                      `json:"token"`
			Fields []livechat.CustomFieldValue `json:"customFields"`
		}
		if err := schema.Decode(r.Body, customFieldsBody, &body); err != nil {
			return nil, err
		}
		return customFieldsAnswer{body.Fields}, setFields(r.Context(), fields, body.Token, body.Fields)
	})
}

// setFields sets all fields. If a field is refused, it sets none of them.
func setFields(ctx context.Context, fields VisitorUpdater, token string, sent []livechat.CustomFieldValue) error {
	if !livechat.CanBeToken(token) {
		return livechat.ErrInvalidToken
	}
	settingsTask := startTask(ctx, fields.Settings)
	defer settingsTask.stop()
	now := httpapi.RequestTime(ctx)
	return fields.ChangeVisitor(ctx, token,
		func(v livechat.Visitor, room *livechat.Room) (livechat.Visitor, *livechat.Room, error) {
			settings, err := settingsTask.wait()
			if err != nil {
				return v, nil, err
			}
			return livechat.SetCountedFields(v, room, sent, settings, now)
		})
}
