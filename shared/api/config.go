package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// ConfigStore lists the store methods that Config uses.
type ConfigStore interface {
	// VisitorByToken returns the visitor and their open room, which is nil if there is
	// none. It fails with livechat.ErrInvalidToken.
	VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error)
	Settings(ctx context.Context) (settings.Settings, error)
	// RecentDepartments and RecentAgents return data that is at most a few seconds old.
	RecentDepartments(ctx context.Context) ([]livechat.Department, error)
	RecentAgents(ctx context.Context) ([]livechat.Agent, error)
}

type config struct {
	Enabled  bool                      `json:"enabled"`
	Online   bool                      `json:"online"`
	Settings *settings.WidgetBehaviour `json:"settings,omitempty"`
	Theme    *settings.WidgetTheme     `json:"theme,omitempty"`
	Messages *settings.WidgetMessages  `json:"messages,omitempty"`
	Survey   configSurvey              `json:"survey"`
	// The widget expects these as lists and objects even when they are empty.
	Triggers     []any              `json:"triggers"`
	Departments  []configDepartment `json:"departments"`
	Resources    struct{}           `json:"resources"`
	CustomFields []configField      `json:"customFields"`
	Guest        *livechat.Visitor  `json:"guest,omitempty"`
	Room         *configRoom        `json:"room,omitempty"`
	Agent        *visibleAgent      `json:"agent,omitempty"`
}

type configSurvey struct {
	Items  []string `json:"items"`
	Values []string `json:"values"`
}

type configDepartment struct {
	ID                 string `json:"_id"`
	Name               string `json:"name"`
	ShowOnRegistration bool   `json:"showOnRegistration"`
	ShowOnOfflineForm  bool   `json:"showOnOfflineForm"`
}

type configField struct {
	ID       string `json:"_id"`
	Label    string `json:"label"`
	Regexp   string `json:"regexp,omitempty"`
	Required bool   `json:"required"`
	Type     string `json:"type"`
	Scope    string `json:"scope"`
}

// configRoom holds the fields that the widget needs to resume a room.
type configRoom struct {
	ID           string             `json:"_id"`
	Type         string             `json:"t"`
	Open         bool               `json:"open"`
	DepartmentID string             `json:"departmentId,omitempty"`
	ServedBy     *livechat.ServedBy `json:"servedBy,omitempty"`
}

// Config answers GET livechat/config with the widget's configuration and, for a known
// visitor, the chat to resume. All reads run in parallel, so a page view costs at most
// one round trip.
func Config(configs ConfigStore) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		result, err := configOf(configs, r)
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		answer, err := httpapi.Succeeded(result)
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		sum := sha256.Sum256(answer)
		tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
		w.Header().Set("ETag", tag)
		if matchesETag(r.Header.Get("If-None-Match"), tag) {
			httpapi.WriteJSON(w, http.StatusNotModified, nil)
			return
		}
		httpapi.WriteJSON(w, http.StatusOK, answer)
	})
}

// matchesETag reports whether header, an If-None-Match header, lists tag (RFC 9110,
// 13.1.2).
func matchesETag(header, tag string) bool {
	for listed := range strings.SplitSeq(header, ",") {
		if listed = strings.TrimPrefix(strings.TrimSpace(listed), "W/"); listed == "*" || listed == tag {
			return true
		}
	}
	return false
}

// visitorAndRoom is a visitor and their open room. visitor is nil for an unknown token,
// and room is nil if no room is open.
type visitorAndRoom struct {
	visitor *livechat.Visitor
	room    *livechat.Room
}

func configOf(configs ConfigStore, r *http.Request) (any, error) {
	query, err := readQuery(r, parameter{name: "token"}, parameter{name: "department"}, parameter{name: "businessUnit"})
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	sessionTask := startTask(ctx, func(ctx context.Context) (visitorAndRoom, error) { return visitorOf(ctx, configs, query.Get("token")) })
	defer sessionTask.stop()
	agentsTask := startTask(ctx, configs.RecentAgents)
	defer agentsTask.stop()
	departmentsTask := startTask(ctx, configs.RecentDepartments)
	defer departmentsTask.stop()
	settings, err := configs.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if !settings.LivechatEnabled {
		return map[string]any{"config": map[string]bool{"enabled": false}}, nil
	}
	session, errSession := sessionTask.wait()
	agents, errAgents := agentsTask.wait()
	departments, errDepartments := departmentsTask.wait()
	if err := errors.Join(errSession, errAgents, errDepartments); err != nil {
		return nil, err
	}
	c := widgetConfig(settings)
	c.Departments = shownDepartments(departments)
	c.Online = settings.AcceptChatsWithNoAgents || anyoneOnline(query.Get("department"), agents, departments)
	c.addSession(session, agents)
	return map[string]config{"config": c}, nil
}

func visitorOf(ctx context.Context, configs ConfigStore, token string) (visitorAndRoom, error) {
	if !livechat.CanBeToken(token) {
		return visitorAndRoom{}, nil
	}
	visitor, room, err := configs.VisitorByToken(ctx, token)
	if errors.Is(err, livechat.ErrInvalidToken) {
		return visitorAndRoom{}, nil
	}
	return visitorAndRoom{&visitor, room}, err
}

func widgetConfig(current settings.Settings) config {
	w := current.Widget
	w.Theme.ActionLinks = settings.ActionLinks{WebRTC: []any{}, Jitsi: []any{}}
	c := config{
		Enabled: true, Settings: &w.Behaviour, Theme: &w.Theme, Messages: &w.Messages,
		Survey:   configSurvey{Items: livechat.RatedQuestions, Values: livechat.Ratings},
		Triggers: []any{}, CustomFields: []configField{},
	}
	for _, f := range current.CustomFields {
		c.CustomFields = append(c.CustomFields, configField{f.Key, f.Label, f.Regexp, f.Required, "input", f.Scope})
	}
	return c
}

func shownDepartments(departments []livechat.Department) []configDepartment {
	shown := []configDepartment{}
	for _, d := range departments {
		shown = append(shown, configDepartment{d.ID, d.Name, !d.Hidden, !d.Hidden})
	}
	return shown
}

func anyoneOnline(department string, agents []livechat.Agent, departments []livechat.Department) bool {
	// An unknown department, for example "undefined", counts as no department.
	found, _ := livechat.FindDepartment(departments, department)
	_, _, online := livechat.Route(agents, departments, found.ID, "", livechat.LeastBusy)
	return online
}

// addSession adds the visitor, their open room and its agent, which the widget needs to
// resume the chat.
func (c *config) addSession(session visitorAndRoom, agents []livechat.Agent) {
	c.Guest = session.visitor
	if session.room == nil {
		return
	}
	r := session.room
	c.Room = &configRoom{r.ID, r.Type, r.Open, r.DepartmentID, r.ServedBy}
	if r.ServedBy == nil {
		return
	}
	shown := visibleServingUser(*r.ServedBy)
	for _, a := range agents {
		if a.ID == r.ServedBy.ID {
			shown = newVisibleAgent(a)
		}
	}
	c.Agent = &shown
}
