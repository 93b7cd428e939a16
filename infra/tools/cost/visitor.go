package cost

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

// Visitor holds the ids of a visitor and their room. Unknown ids are empty.
type Visitor struct {
	Token, ID string
	Room      string
	// Said is the id of the visitor's latest message.
	Said string
}

// Register creates a visitor with a new token. profile holds additional members of the
// request.
func (c *Client) Register(ctx context.Context, profile map[string]any) (Visitor, Answer, error) {
	v := Visitor{Token: livechat.NewID()}
	visitor := map[string]any{"token": v.Token}
	for name, value := range profile {
		visitor[name] = value
	}
	a, err := c.Done(ctx, Request{Method: http.MethodPost, Path: API + "visitor", Body: encode(map[string]any{"visitor": visitor})})
	v.ID = a.text("visitor", "_id")
	return v, a, err
}

// Open opens or resumes the visitor's room.
func (c *Client) Open(ctx context.Context, v *Visitor) (Answer, error) {
	a, err := c.Done(ctx, Request{Method: http.MethodGet, Path: API + "room?token=" + v.Token})
	v.Room = a.text("room", "_id")
	return a, err
}

// Say posts a message of the visitor.
func (c *Client) Say(ctx context.Context, v *Visitor, text string) (Answer, error) {
	a, err := c.Done(ctx, Request{Method: http.MethodPost, Path: API + "message", Body: v.message(text)})
	v.Said = a.text("message", "_id")
	return a, err
}

// Close closes the visitor's room.
func (c *Client) Close(ctx context.Context, v Visitor) (Answer, error) {
	return c.Done(ctx, Request{Method: http.MethodPost, Path: API + "room.close", Body: v.inRoom(nil)})
}

// newcomer creates a visitor with an open room. If an agent is online, the agent serves
// the room.
func (c *Client) newcomer(ctx context.Context, profile map[string]any) (Visitor, error) {
	v, _, err := c.Register(ctx, profile)
	if err != nil {
		return v, err
	}
	_, err = c.Open(ctx, &v)
	return v, err
}

func (v Visitor) message(text string) string { return v.inRoom(map[string]any{"msg": text}) }

// inRoom returns a request body with the visitor's token, the room and the additional
// members.
func (v Visitor) inRoom(more map[string]any) string {
	body := map[string]any{"token": v.Token, "rid": v.Room}
	for name, value := range more {
		body[name] = value
	}
	return encode(body)
}

// answers returns a body of room.survey. It contains the text unless it is empty.
func (v Visitor) answers(text string) string {
	data := []map[string]string{{"name": "satisfaction", "value": "5"}}
	if text != "" {
		data = append(data, map[string]string{"name": "additionalFeedback", "value": text})
	}
	return v.inRoom(map[string]any{"data": data})
}

func (v Visitor) page(title, href string) string {
	return encode(map[string]any{"token": v.Token, "pageInfo": map[string]any{
		"change": "url", "title": title, "location": map[string]string{"href": href},
	}})
}
