// Package demo has the rooms, visitors and agents of the published
// documentation, so that its curl lines work on a laptop as they are printed.
//
// The deployed service starts empty: nothing but the laptop cloud uses this.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

// AuthToken is the sign-in of the user UserID: the published example's, and
// known to everybody who reads it.
const (
	UserID    = "YE3xHYifqk4ic3e3B"
	AuthToken = "DVeIk8owiiudy0_lP981GkTWXLTARcCNkef5XuIDVY5"
)

//go:embed demo.json
var documents []byte

type data struct {
	Departments []livechat.Department `json:"departments"`
	Users       []livechat.User       `json:"users"`
	Visitors    []livechat.Visitor    `json:"visitors"`
	Rooms       []livechat.Room       `json:"rooms"`
}

// Seed puts the demo data into the store, once: what was changed or deleted
// since then stays as it is.
func Seed(ctx context.Context, s *store.Store) error {
	var demo data
	if err := json.Unmarshal(documents, &demo); err != nil {
		return fmt.Errorf("demo data: %w", err)
	}
	// The departments come last, so that a seeding cut short is done again.
	there, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(there, demo.Departments[0]) {
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
		if err := s.PutRoom(ctx, r); err != nil {
			return fmt.Errorf("room %s: %w", r.ID, err)
		}
	}
	for _, department := range d.Departments {
		if err := s.AddDepartment(ctx, department); err != nil {
			return fmt.Errorf("department %s: %w", department.Name, err)
		}
	}
	return nil
}

// putUser adds the user as an agent of the department. Only the published
// example's user has a token that anybody knows.
func putUser(ctx context.Context, s *store.Store, u livechat.User, department string) error {
	token := livechat.AuthToken{UserID: u.ID, Name: "demo", Hash: livechat.HashToken(livechat.NewID()), CreatedAt: u.CreatedAt}
	if u.ID == UserID {
		token.Hash = livechat.HashToken(AuthToken)
	}
	if err := s.CreateUser(ctx, u, token); err != nil && !errors.Is(err, store.ErrUsernameTaken) {
		return err
	}
	return s.AssignAgent(ctx, u.ID, department)
}
