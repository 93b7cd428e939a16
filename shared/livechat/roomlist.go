package livechat

import (
	"cmp"
	"slices"
	"strings"
)

// RoomRange bounds a list of rooms: whether open ones, closed ones or both, and
// for closed ones the time of their closing. A zero time is no bound.
type RoomRange struct {
	Open, Closed         bool
	ClosedFrom, ClosedTo Time
}

// Period is a span of time; a zero end is no bound.
type Period struct {
	Start Time `json:"start"`
	End   Time `json:"end"`
}

// has reports whether the time is in the period, which has both its ends.
func (p Period) has(t Time) bool {
	return (p.Start == 0 || t >= p.Start) && (p.End == 0 || t != 0 && t <= p.End)
}

// RoomFilter is which rooms are wanted, and in which order. Zero members are no
// wish.
type RoomFilter struct {
	Agents     []string
	Department string
	Open       *bool
	// Queued wants the open rooms that nobody serves.
	Queued          bool
	Created, Closed Period
	// Tags are those of which a room has one at least.
	Tags []string
	// Name is what the room's name contains, in whatever case.
	Name string
	Sort RoomSort
}

// RoomSort is an order of rooms. The zero one is the list's own: open rooms, the
// latest opened first, then closed ones, the latest closed first.
type RoomSort struct {
	Field      string
	Descending bool
}

var roomOrders = map[string]func(a, b Room) int{
	"ts":       func(a, b Room) int { return cmp.Compare(a.Ts, b.Ts) },
	"lm":       func(a, b Room) int { return cmp.Compare(a.Lm, b.Lm) },
	"closedAt": func(a, b Room) int { return cmp.Compare(a.ClosedAt, b.ClosedAt) },
	"msgs":     func(a, b Room) int { return cmp.Compare(a.Msgs, b.Msgs) },
	"fname":    func(a, b Room) int { return strings.Compare(a.Fname, b.Fname) },
}

// Known reports whether rooms can be sorted so.
func (s RoomSort) Known() bool { return roomOrders[s.Field] != nil }

// RoomsFor returns the filter for what the user may see: with ViewRooms all rooms,
// with ViewRoom one's own, and those that wait. It fails with ErrUnauthorized.
func RoomsFor(u User, f RoomFilter) (RoomFilter, error) {
	switch {
	case u.May(ViewRooms):
		return f, nil
	case !u.May(ViewRoom):
		return f, ErrUnauthorized
	case !f.Queued:
		f.Agents = []string{u.ID}
	}
	return f, nil
}

// Range is what has to be listed to find the wanted rooms.
func (f RoomFilter) Range() RoomRange {
	open := (f.Open == nil || *f.Open) && f.Closed == Period{}
	closed := (f.Open == nil || !*f.Open) && !f.Queued
	from := f.Closed.Start
	if from == 0 {
		from = f.Created.Start // no room is closed before it is opened
	}
	return RoomRange{Open: open, Closed: closed, ClosedFrom: from, ClosedTo: f.Closed.End}
}

// Everything reports whether all rooms of the range are wanted, in its own order.
func (f RoomFilter) Everything() bool {
	return len(f.Agents) == 0 && f.Department == "" && !f.Queued && f.Created == Period{} &&
		len(f.Tags) == 0 && f.Name == "" && f.Sort == RoomSort{}
}

// Of returns those of the rooms that are wanted, in the wanted order.
func (f RoomFilter) Of(rooms []Room) []Room {
	wanted := slices.DeleteFunc(rooms, func(r Room) bool { return !f.wants(r) })
	order := roomOrders[f.Sort.Field]
	if order == nil {
		return wanted
	}
	slices.SortStableFunc(wanted, func(a, b Room) int {
		if f.Sort.Descending {
			return order(b, a)
		}
		return order(a, b)
	})
	return wanted
}

func (f RoomFilter) wants(r Room) bool {
	tagged := func(tag string) bool { return slices.Contains(r.Tags, tag) }
	return (f.Open == nil || *f.Open == r.Open) &&
		(!f.Queued || r.Open && r.ServedBy == nil) &&
		(len(f.Agents) == 0 || r.ServedBy != nil && slices.Contains(f.Agents, r.ServedBy.ID)) &&
		(f.Department == "" || f.Department == r.DepartmentID) &&
		f.Created.has(r.Ts) && f.Closed.has(r.ClosedAt) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(f.Tags, tagged)) &&
		strings.Contains(strings.ToLower(r.Fname), strings.ToLower(f.Name))
}
