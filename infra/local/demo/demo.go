// Package demo has the rooms, visitors and agents of the published documentation, so that
// its curl commands work unchanged on a laptop.
//
// The deployed service starts empty: only the laptop cloud uses this package.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/directory"
	"livechat/shared/survey"
)

// AuthToken is the token of the agent UserID. It is the published example's token and
// therefore public. ManagerToken is the token of the manager ManagerID.
const (
	UserID       = "YE3xHYifqk4ic3e3B"
	AuthToken    = "DVeIk8owiiudy0_lP981GkTWXLTARcCNkef5XuIDVY5"
	ManagerID    = "mNgrDemoUser7Kx2p"
	ManagerToken = "demo-manager-token-of-this-laptop-only"
)

//go:embed demo.json
var documents []byte

type data struct {
	Departments []livechat.Department `json:"departments"`
	Users       []livechat.User       `json:"users"`
	Visitors    []livechat.Visitor    `json:"visitors"`
	Rooms       []livechat.Room       `json:"rooms"`
	// Messages belong to the rooms. Of the published room's conversation, the
	// documentation has only the last message.
	Messages []livechat.Message `json:"messages"`
}

// Seed stores the demo data once. Later changes and deletions are kept.
func Seed(ctx context.Context, s *store.Store) error {
	var demo data
	if err := json.Unmarshal(documents, &demo); err != nil {
		return fmt.Errorf("demo data: %w", err)
	}
	// The departments are stored last, so that an interrupted seeding is repeated.
	existing, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(existing, demo.Departments[0]) {
		return nil
	}
	if err := demo.put(ctx, s); err != nil {
		return fmt.Errorf("demo data: %w", err)
	}
	return nil
}

func (d data) put(ctx context.Context, s *store.Store) error {
	for _, u := range d.Users {
		if err := putUser(ctx, s, u, d.Departments[0].ID); err != nil {
			return fmt.Errorf("user %s: %w", u.Username, err)
		}
	}
	for _, v := range d.Visitors {
		if err := s.PutVisitor(ctx, v); err != nil {
			return fmt.Errorf("visitor %s: %w", v.Username, err)
		}
	}
	for _, r := range d.Rooms {
		var messages []livechat.Message
		for _, m := range d.Messages {
			if m.RoomID == r.ID {
				messages = append(messages, m)
			}
		}
		if err := errors.Join(s.PutMessages(ctx, messages), putRoom(ctx, s, r)); err != nil {
			return fmt.Errorf("room %s: %w", r.ID, err)
		}
	}
	// Mails can be sent from the start, because they go to the laptop's own mailbox.
	err := errors.Join(
		s.SetSetting(ctx, "surveyMailFrom", "", MailFrom),
		s.SetSetting(ctx, "customFields", "", CustomFields),
		// All visitors of a laptop share its single address.
		s.SetSetting(ctx, livechat.RoomsPerAddress.Setting, "", "0"),
		s.SetSetting(ctx, livechat.VisitorsPerAddress.Setting, "", "0"))
	if err != nil {
		return err
	}
	for _, department := range d.Departments {
		if err := s.AddDepartment(ctx, department); err != nil {
			return fmt.Errorf("department %s: %w", department.Name, err)
		}
	}
	return nil
}

// SurveyCode is the code of the survey link for the published closed room.
const SurveyCode = "YWRhLXMtc3VydmV5LWNvZGUtb24tbGFw"

// CustomFields are the fields that the demo's website sets for visitors and chats.
const CustomFields = `[{"key":"crmId","label":"CRM id","scope":"visitor"},` +
	`{"key":"salesforceCrmContactId","label":"Salesforce contact","scope":"room"}]`

// MailFrom is the sender address of the laptop's mails.
const MailFrom = "chat@example.com"

// putRoom stores a room. A closed room gets a survey, like at closing.
func putRoom(ctx context.Context, s *store.Store, r livechat.Room) error {
	if r.Open {
		return s.PutRoom(ctx, r)
	}
	settings, err := settings.New(settings.Changes{})
	if err != nil {
		return err
	}
	asked, err := survey.AtClosing(settings, r)
	if err != nil {
		return err
	}
	// The link never expires, so that it always shows the page.
	asked.ExpiresAt = livechat.At(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
	asked.Links = []string{livechat.LinkHash(SurveyCode)}
	link := livechat.Link{Hash: asked.Links[0], RoomID: r.ID, VisitorID: r.Visitor.ID, ExpiresAt: asked.ExpiresAt}
	return errors.Join(s.PutLink(ctx, link), s.PutClosedRoom(ctx, r, asked))
}

// tokens are the public tokens, by user.
var tokens = map[string]string{UserID: AuthToken, ManagerID: ManagerToken}

// putUser adds the user. An agent also joins the department.
func putUser(ctx context.Context, s *store.Store, u livechat.User, department string) error {
	token := livechat.AuthToken{UserID: u.ID, Name: "demo", Hash: livechat.HashToken(livechat.NewID()), CreatedAt: u.CreatedAt}
	if known, ok := tokens[u.ID]; ok {
		token.Hash = livechat.HashToken(known)
	}
	if err := s.CreateUser(ctx, u, token); err != nil && !errors.Is(err, directory.ErrUsernameTaken) {
		return err
	}
	if !slices.Contains(u.Roles, livechat.RoleAgent) {
		return nil
	}
	return s.AssignAgent(ctx, u.ID, department)
}
