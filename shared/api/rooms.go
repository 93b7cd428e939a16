package api

import (
	"context"
	"encoding/json"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// RoomLister lists the store methods that ListRooms uses.
type RoomLister interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// ListRooms returns a page of the rooms that match the filter.
	ListRooms(ctx context.Context, f livechat.RoomFilter, offset, count int, now livechat.Time) (livechat.RoomList, error)
}

type roomsAnswer struct {
	Rooms  []livechat.Room `json:"rooms"`
	Count  int             `json:"count"`
	Offset int             `json:"offset"`
	Total  int             `json:"total"`
	// Cursor is the value of the cursor parameter that continues a list too long for one
	// read. Only the last page by offset has a cursor.
	Cursor string `json:"cursor,omitempty"`
}

// ListRooms answers GET livechat/rooms with the rooms that match the query and that the
// caller may see.
func ListRooms(lists RoomLister) http.Handler {
	limit := newReadLimit()
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(lists, r)
		defer caller.release()

		q, invalid := readRoomsQuery(r)
		if invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		// The list costs many reads, so the caller is checked first.
		user, err := caller.signedIn()
		if err != nil {
			return nil, err
		}
		wanted, err := livechat.RestrictToVisible(user, q.filter)
		if err != nil {
			return nil, err
		}
		settings, err := lists.Settings(ctx)
		if err != nil {
			return nil, err
		}
		if err := limit.allow(user.ID, settings, httpapi.RequestTime(ctx)); err != nil {
			return nil, err
		}
		list, err := lists.ListRooms(ctx, wanted, q.offset, q.count, httpapi.RequestTime(ctx))
		if err != nil {
			return nil, err
		}
		return roomsAnswer{withoutTokens(list.Rooms), len(list.Rooms), q.offset, list.Total, list.Cursor.String()}, nil
	})
}

func withoutTokens(rooms []livechat.Room) []livechat.Room {
	shown := make([]livechat.Room, len(rooms))
	for i, r := range rooms {
		shown[i] = r.WithoutToken()
	}
	return shown
}

type roomsQuery struct {
	filter        livechat.RoomFilter
	count, offset int
}

func readRoomsQuery(r *http.Request) (q roomsQuery, err error) {
	query, err := readQuery(r, parameter{name: "agents", list: true}, parameter{name: "departmentId"}, parameter{name: "open"},
		parameter{name: "createdAt"}, parameter{name: "closedAt"}, parameter{name: "tags", list: true}, parameter{name: "roomName"},
		parameter{name: "queued"}, parameter{name: "sort"}, parameter{name: "count"}, parameter{name: "offset"}, parameter{name: "cursor"})
	if err != nil {
		return q, err
	}
	f := &q.filter
	f.Agents, f.Tags = nonEmpty(query.Values["agents"]), nonEmpty(query.Values["tags"])
	f.Department, f.Name = query.Get("departmentId"), query.Get("roomName")
	for _, read := range []func() error{
		func() (err error) { f.Open, err = query.flag("open"); return err },
		func() error {
			queued, err := query.flag("queued")
			f.Queued = queued != nil && *queued
			return err
		},
		func() (err error) { f.Created, err = query.period("createdAt"); return err },
		func() (err error) { f.Closed, err = query.period("closedAt"); return err },
		func() (err error) { f.Sort, err = query.sort(); return err },
		func() (err error) { q.count, err = query.number("count", defaultPage, maxPage); return err },
		func() (err error) {
			q.offset, err = query.offset(maxOffset, "cursor, or with createdAt or closedAt")
			return err
		},
		func() (err error) { f.Cursor, err = query.cursor(); return err },
	} {
		if err := read(); err != nil {
			return q, err
		}
	}
	return q, nil
}

func nonEmpty(texts []string) []string {
	var batch []string
	for _, t := range texts {
		if t != "" {
			batch = append(batch, t)
		}
	}
	return batch
}

// period parses a JSON text like {"start":"2026-11-01T00:00:00Z","end":"2026-12-01"}.
func (q query) period(name string) (p livechat.Period, err error) {
	text := q.text(name)
	if text == "" {
		return p, nil
	}
	var ends map[string]string
	if json.Unmarshal([]byte(text), &ends) != nil || len(ends) == 0 {
		return p, noPeriod(name)
	}
	for end, text := range ends {
		t, ok := readTime(text)
		switch {
		case ok && end == "start":
			p.Start = t
		case ok && end == "end":
			p.End = t
		default:
			return p, noPeriod(name)
		}
	}
	return p, nil
}

func noPeriod(name string) error {
	return livechat.NewRefusal(`Match error: Expected {"start","end"} with dates, got something else in field ` + name)
}

// cursor returns the cursor of an earlier answer, or nil if the list starts at its
// beginning.
func (q query) cursor() (*livechat.ListCursor, error) {
	text := q.text("cursor")
	if text == "" {
		return nil, nil
	}
	cursor, ok := livechat.ParseListCursor(text)
	if !ok {
		return nil, livechat.NewRefusal("Match error: Expected the cursor of an earlier answer in field cursor")
	}
	return &cursor, nil
}

// sort parses a JSON text like {"ts":-1}, which has one field with 1 or -1. It ignores
// fields that change with every message, because the list of rooms does not contain them.
func (q query) sort() (s livechat.RoomSort, err error) {
	text := q.text("sort")
	if text == "" {
		return s, nil
	}
	var fields map[string]int
	if json.Unmarshal([]byte(text), &fields) != nil || len(fields) != 1 {
		return s, livechat.NewRefusal(`Match error: Expected one field such as {"ts":-1} in field sort`)
	}
	for name, order := range fields {
		if order != 1 && order != -1 {
			return s, livechat.NewRefusal(`Match error: Expected 1 or -1 for a field in field sort`)
		}
		if livechat.CanSort(name) {
			s = livechat.RoomSort{Field: name, Descending: order < 0}
		}
	}
	return s, nil
}
