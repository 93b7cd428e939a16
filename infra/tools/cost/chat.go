package cost

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Spent is the total cost of several requests.
type Spent struct {
	Requests              int
	ReadUnits, WriteUnits float64
}

func (s *Spent) add(a Answer) {
	s.Requests++
	s.ReadUnits += a.ReadUnits
	s.WriteUnits += a.WriteUnits
}

// Chat makes the requests of one chat, on which the costs in infra/cost.md are based.
// The visitor registers and opens a room. Five times, the visitor views a page, the
// visitor and an agent each post a message, and the visitor reads the history. Then the
// visitor closes the room and answers the survey.
func (c *Client) Chat(ctx context.Context) (Visitor, Spent, error) {
	var spent Spent
	v, a, err := c.Register(ctx, map[string]any{"name": "Ada Lovelace", "email": "ada@example.net"})
	if err != nil {
		return v, spent, err
	}
	spent.add(a)
	if a, err = c.Open(ctx, &v); err != nil {
		return v, spent, err
	}
	spent.add(a)
	var calls []Request
	for range 5 {
		calls = append(calls,
			Request{Method: http.MethodGet, Path: API + "config?token=" + v.Token},
			Request{Method: http.MethodPost, Path: API + "message", Body: v.message("Do you ship to Lisbon, and for how much?")},
			Request{
				Method: http.MethodPost, Path: "/api/v1/chat.postMessage",
				Body: encode(map[string]string{"roomId": v.Room, "text": "We do. It is free from fifty on."}), Header: Manager(),
			},
			Request{Method: http.MethodGet, Path: API + "messages.history/" + v.Room + "?token=" + v.Token})
	}
	calls = append(calls,
		Request{Method: http.MethodPost, Path: API + "room.close", Body: v.inRoom(nil)},
		Request{Method: http.MethodPost, Path: API + "room.survey", Body: v.answers("")})
	for _, call := range calls {
		a, err := c.Done(ctx, call)
		if err != nil {
			return v, spent, err
		}
		spent.add(a)
	}
	return v, spent, nil
}

// Chats is the result of many chats.
type Chats struct {
	Count int
	Spent Spent
	// Shared holds the partition keys that several chats share.
	Shared []KeyUnits
}

// Chats makes count chats, atOnce of them in parallel.
func (c *Client) Chats(ctx context.Context, count, atOnce int) (Chats, error) {
	// Fill the caches of the functions' processes first.
	if _, _, err := c.Chat(ctx); err != nil {
		return Chats{}, err
	}
	if err := c.ResetKeys(ctx); err != nil {
		return Chats{}, err
	}
	all := Chats{Count: count}
	var lock sync.Mutex
	var own []string // texts that identify keys of a single chat
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for range count {
		g.Go(func() error {
			v, spent, err := c.Chat(inner)
			lock.Lock()
			defer lock.Unlock()
			all.Spent.Requests += spent.Requests
			all.Spent.ReadUnits += spent.ReadUnits
			all.Spent.WriteUnits += spent.WriteUnits
			own = append(own, v.Token, v.ID, v.Room, hash(v.Token))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return all, err
	}
	keys, err := c.Keys(ctx)
	for _, key := range keys {
		if !slices.ContainsFunc(own, func(name string) bool { return strings.Contains(key.PK, name) }) && !isHashed(key.PK) {
			all.Shared = append(all.Shared, key)
		}
	}
	return all, err
}

// hash returns the hash of a token as keys contain it.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// isHashed reports whether a part of the key is a hash, for example of a token, an
// address or a link's code.
func isHashed(key string) bool {
	return slices.ContainsFunc(strings.Split(key, "#"), func(part string) bool {
		part = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(part) // accept both base64 alphabets
		sum, err := base64.RawURLEncoding.DecodeString(part)
		return err == nil && len(sum) == sha256.Size
	})
}
