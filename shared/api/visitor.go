package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Registrations is what registering a visitor needs of the store.
type Registrations interface {
	Settings(ctx context.Context) (livechat.Settings, error)
	Departments(ctx context.Context) ([]livechat.Department, error)
	// RegisterVisitor makes the visitor with that token, or changes them if
	// known, as register says, and returns them. One who is new is counted first: it
	// fails with livechat.OverLimit when there were too many.
	RegisterVisitor(ctx context.Context, token string,
		register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
		counts ...livechat.Count) (livechat.Visitor, error)
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

// Visitor answers POST livechat/visitor: it registers a visitor, or updates
// the one whose token it is. newID gives a new visitor their identity: an id
// that was sent is checked and not used, or a stranger could take another's.
func Visitor(registrations Registrations, newID func() string) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Visitor livechat.Registration `json:"visitor"`
		}
		if err := schema.Decode(r.Body, visitorBody, &body); err != nil {
			return nil, err
		}
		said := body.Visitor
		said.Language = livechat.PreferredLanguage(r.Header.Get("Accept-Language"))
		if err := said.Check(); err != nil {
			return nil, err
		}
		fields, err := lookUp(r.Context(), registrations, &said)
		if err != nil {
			return nil, err
		}
		now := RequestTime(r.Context())
		visitor, err := registrations.RegisterVisitor(r.Context(), said.Token,
			func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
				if !known {
					v = livechat.NewVisitor(newID(), said.Token, now)
				}
				return said.Apply(v, fields, now)
			},
			livechat.Count{Limit: livechat.VisitorsPerAddress, By: client(r), What: said.Token})
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.VisitorsRegistered)
		return visitorAnswer{visitor}, nil
	})
}

// lookUp turns the department that was said into its id, and returns the
// custom fields there are. It asks the store for neither when nothing was said
// of it, and for both side by side.
func lookUp(ctx context.Context, registrations Registrations, said *livechat.Registration) ([]livechat.CustomField, error) {
	fields := start(ctx, func(ctx context.Context) ([]livechat.CustomField, error) {
		if said.CustomFields == nil {
			return nil, nil
		}
		settings, err := registrations.Settings(ctx)
		return settings.CustomFields, err
	})
	defer fields.stop()
	if said.Department != "" {
		departments, err := registrations.Departments(ctx)
		if err != nil {
			return nil, err
		}
		found, ok := livechat.FindDepartment(departments, said.Department)
		if !ok {
			return nil, livechat.ErrInvalidDepartment
		}
		said.Department = found.ID
	}
	return fields.wait()
}
