package storetest

import (
	"context"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
)

// Now is the time of everything that the functions here do.
var Now = livechat.At(time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC))

// AgentUser is the agent who answers in AgentSays.
var AgentUser = livechat.User{ID: "ann", Username: "ann", Name: "Ann"}

// Register registers a visitor with that token.
func Register(t testing.TB, s *store.Store, token string) livechat.Visitor {
	t.Helper()
	v, err := s.RegisterVisitor(t.Context(), token, func(_ livechat.Visitor, known bool) (livechat.Visitor, error) {
		if known {
			t.Errorf("token %s is already known", token)
		}
		return livechat.NewVisitor(livechat.NewID(), token, Now), nil
	})
	if err != nil {
		t.Fatalf("register %s: %v", token, err)
	}
	return v
}

// Open opens a room for the visitor that nobody serves.
func Open(t testing.TB, s *store.Store, v livechat.Visitor) livechat.Room {
	t.Helper()
	room, opened, err := s.OpenRoom(t.Context(), NewRoom(t, v))
	if err != nil || !opened {
		t.Fatalf("open room: opened %v, %v", opened, err)
	}
	return room
}

// NewRoom returns a room that the visitor may open, served by one of the agents.
func NewRoom(t testing.TB, v livechat.Visitor, agents ...livechat.Agent) livechat.Change {
	t.Helper()
	settings, err := settings.New(settings.Changes{})
	if err != nil {
		t.Fatal(err)
	}
	room, err := livechat.OpenRoom(
		livechat.OpenParams{ID: livechat.NewID(), Visitor: v, Now: Now, NewID: livechat.NewID, Choose: livechat.LeastBusy},
		settings,
		agents,
		nil,
	)
	if err != nil {
		t.Fatal(err)
	}
	return room
}

// AddAgent creates a user who is an agent.
func AddAgent(t testing.TB, s *store.Store, username string) livechat.Agent {
	t.Helper()
	u := livechat.User{
		ID: livechat.NewID(), Username: username, Roles: []string{livechat.RoleAgent}, Active: true, CreatedAt: Now,
	}
	token := livechat.AuthToken{Hash: livechat.HashToken(u.ID), UserID: u.ID, CreatedAt: Now}
	if err := s.CreateUser(t.Context(), u, token); err != nil {
		t.Fatal(err)
	}
	return u.NewAgent()
}

// VisitorSays posts a visitor's message and returns it.
func VisitorSays(t testing.TB, s *store.Store, room livechat.Room, text string) livechat.Message {
	t.Helper()
	m, _, err := Post(t, s, room, "", text, true)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// AgentSays posts an agent's message and returns it. The agent takes the room if nobody
// serves it.
func AgentSays(t testing.TB, s *store.Store, room livechat.Room, text string) livechat.Message {
	t.Helper()
	m, _, err := Post(t, s, room, "", text, false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Post posts a message and returns it with the number of tries. id is the one that a
// visitor's client chose, if any.
func Post(t testing.TB, s *store.Store, room livechat.Room, id, text string, visitor bool) (m livechat.Message, tries int, err error) {
	t.Helper()
	return PostWithin(t.Context(), s, room, id, text, visitor)
}

// PostWithin is Post within the lifetime of ctx.
func PostWithin(
	ctx context.Context,
	s *store.Store,
	room livechat.Room,
	id, text string,
	visitor bool,
) (m livechat.Message, tries int, err error) {
	compose := func(r livechat.Room) (livechat.Change, error) {
		tries++
		next := livechat.Change{Room: r}
		if !r.Open {
			return next, livechat.ErrRoomClosed
		}
		if visitor {
			return next.Post(r.VisitorMessage(id, text, Now), livechat.NewID), nil
		}
		if r.ServedBy == nil {
			next = r.Take(AgentUser.NewAgent(), livechat.NewID, Now)
		}
		return next.Post(r.UserMessage(AgentUser, text, Now), livechat.NewID), nil
	}
	if visitor {
		m, err = s.PostVisitorMessage(ctx, room.Visitor.Token, room.ID, id, compose)
	} else {
		m, err = s.PostMessage(ctx, room.ID, compose)
	}
	return m, tries, err
}

// Answer returns an argument for AnswerSurvey that gives these answers.
func Answer(given livechat.Answers) func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
	return func(r livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
		entry := livechat.AnswerEntry{ID: livechat.NewID(), RoomID: r.ID, Ts: Now, Items: given, Channel: livechat.ChannelAPI}
		return r.Answer(given, false, Now), entry, nil
	}
}

// Deletion returns the audit entry of a visitor's deletion.
func Deletion(v livechat.Visitor) livechat.AuditEntry {
	return livechat.AuditEntry{ID: livechat.NewID(), Action: livechat.AuditVisitorDeleted, Ts: Now, VisitorID: v.ID}
}
