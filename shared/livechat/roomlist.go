package livechat

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RoomRange is the range of rooms that a filter has to read.
type RoomRange struct {
	// Open and Closed report whether open and closed rooms are read.
	Open, Closed bool
	// OpenedTo is the exclusive upper bound of the open rooms' opening times. If it is
	// zero, there is no bound.
	OpenedTo Time
	// ClosedFrom and ClosedTo are the bounds of the closed rooms' closing times. ClosedTo
	// is exclusive.
	ClosedFrom, ClosedTo Time
}

// RoomList is a page of a list of rooms.
type RoomList struct {
	Rooms []Room
	// Total is the number of rooms found. If the read stopped early, Total counts only
	// the rooms before the point where it stopped.
	Total int
	// Cursor continues a list whose read stopped early. It is set only on the last page of
	// what was read.
	Cursor ListCursor
}

// Truncate cuts the list to at most maxRooms rooms and sets the cursor to continue after
// them. Open rooms come before closed rooms, and the latest opened or closed rooms come
// first. r is the range from which the list was read.
func (l RoomList) Truncate(maxRooms int, r RoomRange) RoomList {
	if len(l.Rooms) <= maxRooms {
		return l
	}
	var positions []Time
	for _, room := range l.Rooms {
		positions = append(positions, listPosition(room))
	}
	slices.Sort(positions)
	// Positions are in ascending order, but the list starts with the highest. Cut off the
	// first room that does not fit, all rooms at its position, because a cursor can't
	// separate them, and all rooms below.
	end := positions[len(positions)-1-maxRooms] + 1
	l.Rooms = slices.DeleteFunc(l.Rooms, func(room Room) bool { return listPosition(room) < end })
	if end <= maxListTime {
		l.Cursor.Closed = end
		return l
	}
	l.Cursor = ListCursor{Opened: end - maxListTime}
	if r.Closed {
		l.Cursor.Closed = r.ClosedTo
	}
	return l
}

// listPosition returns the room's position in a list, which is read from the highest
// position to the lowest. Open rooms are ordered by opening time, above all closed rooms,
// which are ordered by closing time.
func listPosition(r Room) Time {
	if r.Open {
		return maxListTime + r.OpenedAt
	}
	return r.ClosedAt
}

// ListCursor continues a list that was too long for one read. The next read returns the
// open rooms opened before Opened, and the closed rooms closed before Closed. If a time
// is zero, no rooms of that kind are left.
type ListCursor struct{ Opened, Closed Time }

func (c ListCursor) String() string {
	if c == (ListCursor{}) {
		return ""
	}
	return fmt.Sprintf("%d-%d", c.Opened, c.Closed)
}

// ParseListCursor is the inverse of String. It returns false if text is not a cursor.
func ParseListCursor(text string) (ListCursor, bool) {
	opened, closed, _ := strings.Cut(text, "-")
	o, errO := strconv.ParseInt(opened, 10, 64)
	c, errC := strconv.ParseInt(closed, 10, 64)
	return ListCursor{Time(o), Time(c)}, errO == nil && errC == nil && o >= 0 && c >= 0 && max(o, c) < maxListTime && o+c > 0
}

// maxListTime is the start of the year 5000. It is later than all times in lists and
// cursors, so listPosition can use it as an offset. It is before the year 10000, because the
// texts of later times do not sort by time.
const maxListTime = 95_617_584_000_000

// Period is a span of time that includes both ends. A zero Start or End means no bound.
type Period struct {
	Start Time `json:"start"`
	End   Time `json:"end"`
}

// contains reports whether t is in the period. The zero time is only in a period without
// bounds.
func (p Period) contains(t Time) bool {
	return (p.Start == 0 || t >= p.Start) && (p.End == 0 || t != 0 && t <= p.End)
}

// RoomFilter selects rooms and their order. Zero members are ignored.
type RoomFilter struct {
	Agents     []string
	Department string
	Open       *bool
	// Queued selects the open rooms that nobody serves.
	Queued          bool
	Created, Closed Period
	// Tags selects rooms with at least one of the tags.
	Tags []string
	// Name selects the rooms whose names contain this text, ignoring case.
	Name string
	Sort RoomSort
	// Cursor continues a list. If it is nil, the list starts at its beginning.
	Cursor *ListCursor
}

// RoomSort is an order of rooms. The zero value sorts the latest opened first.
type RoomSort struct {
	Field      string
	Descending bool
}

var roomOrders = map[string]func(a, b Room) int{
	"ts":       func(a, b Room) int { return cmp.Compare(a.OpenedAt, b.OpenedAt) },
	"closedAt": func(a, b Room) int { return cmp.Compare(a.ClosedAt, b.ClosedAt) },
	"fname":    func(a, b Room) int { return strings.Compare(a.Name, b.Name) },
}

// CanSort reports whether lists of rooms can be sorted by the field. Fields that change
// with every message are not stored in the list, so no list can be sorted by them.
func CanSort(field string) bool { return roomOrders[field] != nil }

// RestrictToVisible restricts the filter to the rooms that the user may see. A user with
// ViewRooms may see all rooms. A user with only ViewRoom may see their own rooms and the
// queue. For any other user, it fails with ErrUnauthorized.
func RestrictToVisible(u User, f RoomFilter) (RoomFilter, error) {
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

// minClosedFrom is the earliest closing time that is listed. Only imported rooms can be
// older.
var minClosedFrom = At(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC))

// Range returns the range of rooms that the filter has to read. If the filter has no
// start time, ClosedFrom is one year before the end of the filter's period, regardless of
// the cursor. If the period ends before it starts, the range has no closed rooms.
func (f RoomFilter) Range(now Time) RoomRange {
	r := RoomRange{
		Open:       (f.Open == nil || *f.Open) && f.Closed == Period{},
		Closed:     (f.Open == nil || !*f.Open) && !f.Queued,
		ClosedFrom: max(f.Closed.Start, f.Created.Start), // no room is closed before it is opened
		ClosedTo:   now + 1,
	}
	if f.Closed.End != 0 {
		r.ClosedTo = min(r.ClosedTo, f.Closed.End+1)
	}
	if r.ClosedFrom == 0 {
		r.ClosedFrom = At(r.ClosedTo.Time().AddDate(-1, 0, 0))
	}
	r.ClosedFrom = max(r.ClosedFrom, minClosedFrom)
	if f.Cursor != nil {
		r.Open, r.OpenedTo = r.Open && f.Cursor.Opened != 0, f.Cursor.Opened
		r.Closed, r.ClosedTo = r.Closed && f.Cursor.Closed != 0, min(r.ClosedTo, f.Cursor.Closed)
	}
	r.Closed = r.Closed && r.ClosedFrom < r.ClosedTo
	return r
}

// Apply returns the rooms that match the filter, in its order.
func (f RoomFilter) Apply(rooms []Room) []Room {
	matching := slices.DeleteFunc(rooms, func(r Room) bool { return !f.matches(r) })
	sort := f.Sort
	if sort == (RoomSort{}) {
		sort = RoomSort{Field: "ts", Descending: true}
	}
	order := roomOrders[sort.Field]
	slices.SortFunc(matching, func(a, b Room) int {
		if sort.Descending {
			a, b = b, a
		}
		return cmp.Or(order(a, b), strings.Compare(a.ID, b.ID))
	})
	return matching
}

func (f RoomFilter) matches(r Room) bool {
	hasTag := func(tag string) bool { return slices.Contains(r.Tags, tag) }
	return (f.Open == nil || *f.Open == r.Open) &&
		(!f.Queued || r.Open && r.ServedBy == nil) &&
		(len(f.Agents) == 0 || r.ServedBy != nil && slices.Contains(f.Agents, r.ServedBy.ID)) &&
		(f.Department == "" || f.Department == r.DepartmentID) &&
		f.Created.contains(r.OpenedAt) && f.Closed.contains(r.ClosedAt) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(f.Tags, hasTag)) &&
		strings.Contains(strings.ToLower(r.Name), strings.ToLower(f.Name))
}
