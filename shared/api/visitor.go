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

// VisitorRegistrar lists the store methods that Visitor uses.
type VisitorRegistrar interface {
	Settings(ctx context.Context) (settings.Settings, error)
	Departments(ctx context.Context) ([]livechat.Department, error)
	// RegisterVisitor applies register to the visitor with the token, or to a new
	// visitor, and returns the result. It counts a new visitor before storing it, and
	// fails with livechat.RateLimitError if a limit is exceeded.
	RegisterVisitor(ctx context.Context, token string,
		register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
		counts ...livechat.RateUse) (livechat.Visitor, error)
}

var visitorBody = schema.Object{
	schema.Required("visitor", schema.Object{
		schema.Required("token", schema.Text{Max: livechat.MaxToken}),
		schema.Optional("id", idText),
		schema.Optional("name", schema.Text{Max: maxShortText}),
		schema.Optional("email", schema.Text{Max: maxShortText}),
		schema.Optional("phone", schema.Text{Max: maxShortText}),
		schema.Optional("username", schema.Text{Max: maxShortText}),
		schema.Optional("department", schema.Text{Max: maxShortText}),
		schema.Optional("customFields", schema.List{Of: schema.Object{
			schema.Required("key", schema.Text{Max: maxShortText}),
			schema.Required("value", schema.Text{Max: maxText}),
			schema.Required("overwrite", schema.Bool{}),
		}}),
	}),
}

type visitorAnswer struct {
	Visitor livechat.Visitor `json:"visitor"`
}

// Visitor answers POST livechat/visitor: it registers a visitor, or updates the visitor
// with the token. newID returns a new visitor's id. An id in the body is checked but not
// used, because a stranger could otherwise take somebody else's id.
func Visitor(registrations VisitorRegistrar, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Visitor livechat.Registration `json:"visitor"`
		}
		if err := schema.Decode(r.Body, visitorBody, &body); err != nil {
			return nil, err
		}
		registration := body.Visitor
		registration.Language = livechat.PreferredLanguage(r.Header.Get("Accept-Language"))
		if err := registration.Check(); err != nil {
			return nil, err
		}
		settings := startTask(r.Context(), registrations.Settings)
		defer settings.stop()
		if err := findDepartment(r.Context(), registrations, &registration); err != nil {
			return nil, err
		}
		now := httpapi.RequestTime(r.Context())
		visitor, err := registrations.RegisterVisitor(r.Context(), registration.Token,
			func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
				settings, err := settings.wait()
				if err != nil {
					return v, err
				}
				if !known {
					return registration.Apply(livechat.NewVisitor(newID(), registration.Token, now), settings.CustomFields, now)
				}
				next, err := registration.Apply(v, settings.CustomFields, now)
				if err != nil {
					return v, err
				}
				return next.CountEdit(v, settings, registration.Size(), now)
			},
			livechat.RateUse{Limit: livechat.VisitorsPerAddress, By: clientKey(r), What: registration.Token})
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.VisitorsRegistered)
		return visitorAnswer{visitor}, nil
	})
}

// findDepartment replaces the registration's department, an id or a name, with its id.
func findDepartment(ctx context.Context, registrations VisitorRegistrar, registration *livechat.Registration) error {
	if registration.Department == "" {
		return nil
	}
	departments, err := registrations.Departments(ctx)
	if err != nil {
		return err
	}
	found, ok := livechat.FindDepartment(departments, registration.Department)
	if !ok {
		return livechat.ErrInvalidDepartment
	}
	registration.Department = found.ID
	return nil
}
