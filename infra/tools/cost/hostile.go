package cost

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"livechat/infra/local/demo"
)

// Emoji returns a text of n characters of four bytes each.
func Emoji(n int) string { return strings.Repeat("😀", n) }

// The maximum lengths that calls accept, in characters.
const (
	maxText  = 5000
	maxShort = 256
	maxPage  = 2000
)

// LongRoom creates a room without an agent that has the given number of messages of the
// maximum length.
func (c *Client) LongRoom(ctx context.Context, texts int) (Visitor, error) {
	v, err := c.waiting(ctx)
	for i := 0; err == nil && i < texts; i++ {
		_, err = c.Say(ctx, &v, Emoji(maxText))
	}
	if err != nil {
		return v, fmt.Errorf("fill a room: %w", err)
	}
	return v, nil
}

// EditedRoom creates a room without an agent that has one message, which was edited the
// given number of times.
func (c *Client) EditedRoom(ctx context.Context, edits int) (Visitor, error) {
	v, err := c.waiting(ctx)
	if err == nil {
		_, err = c.Say(ctx, &v, "Hello")
	}
	for i := 0; err == nil && i < edits; i++ {
		_, err = c.Done(ctx, Request{Method: http.MethodPut, Path: API + "message/" + v.Said, Body: v.message(fmt.Sprint(i, Emoji(maxText-5)))})
	}
	if err != nil {
		return v, fmt.Errorf("edit a message: %w", err)
	}
	return v, nil
}

// OpenRooms opens the given number of rooms. Their visitors have names of the maximum
// length.
func (c *Client) OpenRooms(ctx context.Context, rooms int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for range rooms {
		g.Go(func() error {
			_, err := c.newcomer(ctx, map[string]any{"name": Emoji(maxShort)})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("open rooms: %w", err)
	}
	return nil
}

// LargeVisitor creates a visitor with an open room and a profile of the maximum size. The
// setting customFields must be CustomFields.
func (c *Client) LargeVisitor(ctx context.Context) (Visitor, error) {
	v, err := c.newcomer(ctx, map[string]any{"name": Emoji(maxShort), "phone": Emoji(maxShort)})
	if err != nil {
		return v, err
	}
	_, err = c.Done(ctx, Request{Method: http.MethodPost, Path: API + "custom.fields", Body: v.largeFields()})
	return v, err
}

// CustomFields is a value of the setting customFields. It has the demo's fields and the
// fields that make a profile large.
const CustomFields = `[{"key":"crmId","label":"CRM id","scope":"visitor"},` +
	`{"key":"salesforceCrmContactId","label":"Salesforce contact","scope":"room"},` +
	`{"key":"a","scope":"visitor"},{"key":"b","scope":"visitor"},{"key":"c","scope":"visitor"}]`

// maxLargeField is the number of emoji in each of three fields that nearly fills a
// profile.
const maxLargeField = 340

// largeFields returns a body of custom.fields that fills a profile.
func (v Visitor) largeFields() string {
	var fields []map[string]any
	for _, key := range []string{"a", "b", "c"} {
		fields = append(fields, map[string]any{"key": key, "value": Emoji(maxLargeField), "overwrite": true})
	}
	return encode(map[string]any{"token": v.Token, "customFields": fields})
}

// waiting creates a visitor with an open room that no agent serves.
func (c *Client) waiting(ctx context.Context) (Visitor, error) {
	if err := c.online(ctx, "not-available"); err != nil {
		return Visitor{}, err
	}
	v, err := c.newcomer(ctx, nil)
	if err != nil {
		return v, err
	}
	return v, c.online(ctx, "available")
}

// agents holds the ids of the demo's agents.
var agents = []string{demo.UserID, "XycfA5CetCPuEjqxw"}

// online sets the status of all agents.
func (c *Client) online(ctx context.Context, status string) error {
	for _, id := range agents {
		_, err := c.Done(ctx, Request{
			Method: http.MethodPost, Path: API + "agent.status",
			Body: encode(map[string]string{"status": status, "agentId": id}), Header: Manager(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
