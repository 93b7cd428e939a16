package livechat_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

func TestRoomFilter(t *testing.T) {
	rooms := []livechat.Room{
		{ID: "waits", Name: "Mary", Open: true, OpenedAt: 100, MessageCount: 3},
		{ID: "served", Name: "Ada", Open: true, OpenedAt: 200, ServedBy: &livechat.ServedBy{ID: "a"}, DepartmentID: "sales", Tags: []string{"x", "y"}, MessageCount: 1},
		{ID: "closed", Name: "Amy", OpenedAt: 150, ClosedAt: 300, ServedBy: &livechat.ServedBy{ID: "b"}, Tags: []string{"y"}, MessageCount: 2},
	}
	for name, tc := range map[string]struct {
		filter livechat.RoomFilter
		want   []string
	}{
		"all":            {livechat.RoomFilter{}, []string{"served", "closed", "waits"}},
		"open":           {livechat.RoomFilter{Open: new(true)}, []string{"served", "waits"}},
		"closed":         {livechat.RoomFilter{Open: new(false)}, []string{"closed"}},
		"waiting":        {livechat.RoomFilter{Queued: true}, []string{"waits"}},
		"agents":         {livechat.RoomFilter{Agents: []string{"a", "b"}}, []string{"served", "closed"}},
		"department":     {livechat.RoomFilter{Department: "sales"}, []string{"served"}},
		"one of tags":    {livechat.RoomFilter{Tags: []string{"x", "z"}}, []string{"served"}},
		"name":           {livechat.RoomFilter{Name: "AM"}, []string{"closed"}},
		"opened from":    {livechat.RoomFilter{Created: livechat.Period{Start: 150}}, []string{"served", "closed"}},
		"opened until":   {livechat.RoomFilter{Created: livechat.Period{End: 150}}, []string{"closed", "waits"}},
		"closed until":   {livechat.RoomFilter{Closed: livechat.Period{End: 300}}, []string{"closed"}},
		"closed from":    {livechat.RoomFilter{Closed: livechat.Period{Start: 301}}, nil},
		"oldest first":   {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "ts"}}, []string{"waits", "closed", "served"}},
		"by name":        {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "fname"}}, []string{"served", "closed", "waits"}},
		"by name, last":  {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "fname", Descending: true}}, []string{"waits", "closed", "served"}},
		"all that match": {livechat.RoomFilter{Open: new(true), Agents: []string{"a"}, Tags: []string{"y"}}, []string{"served"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range tc.filter.Apply(append([]livechat.Room(nil), rooms...)) {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("rooms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRangeIsWhatTheFilterNeeds(t *testing.T) {
	at := func(day string) livechat.Time {
		parsed, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return livechat.At(parsed)
	}
	now, yearAgo := at("2026-11-29"), at("2025-11-29")+1
	for name, tc := range map[string]struct {
		filter livechat.RoomFilter
		want   livechat.RoomRange
	}{
		"all":     {livechat.RoomFilter{}, livechat.RoomRange{Open: true, Closed: true, ClosedFrom: yearAgo, ClosedTo: now + 1}},
		"waiting": {livechat.RoomFilter{Queued: true}, livechat.RoomRange{Open: true, ClosedFrom: yearAgo, ClosedTo: now + 1}},
		"closed in a period": {
			livechat.RoomFilter{Closed: livechat.Period{Start: at("2026-01-02"), End: at("2026-03-04")}},
			livechat.RoomRange{Closed: true, ClosedFrom: at("2026-01-02"), ClosedTo: at("2026-03-04") + 1},
		},
		"opened in a period": {
			livechat.RoomFilter{Created: livechat.Period{Start: at("2026-01-02"), End: at("2026-03-04")}},
			livechat.RoomRange{Open: true, Closed: true, ClosedFrom: at("2026-01-02"), ClosedTo: now + 1},
		},
		"before the first closing": {
			livechat.RoomFilter{Closed: livechat.Period{Start: at("1970-01-02")}},
			livechat.RoomRange{Closed: true, ClosedFrom: at("2015-01-01"), ClosedTo: now + 1},
		},
		"continued": {
			livechat.RoomFilter{Cursor: &livechat.ListCursor{Opened: at("2026-02-03"), Closed: at("2026-04-05")}},
			livechat.RoomRange{Open: true, Closed: true, OpenedTo: at("2026-02-03"), ClosedFrom: yearAgo, ClosedTo: at("2026-04-05")},
		},
		"continued with closed rooms": {
			livechat.RoomFilter{Cursor: &livechat.ListCursor{Closed: at("2026-04-05")}},
			livechat.RoomRange{Closed: true, ClosedFrom: yearAgo, ClosedTo: at("2026-04-05")},
		},
		"continued after a year": {
			livechat.RoomFilter{Cursor: &livechat.ListCursor{Closed: yearAgo}},
			livechat.RoomRange{ClosedFrom: yearAgo, ClosedTo: yearAgo},
		},
		"opened later than now": {
			livechat.RoomFilter{Created: livechat.Period{Start: at("2026-11-30")}},
			livechat.RoomRange{Open: true, ClosedFrom: at("2026-11-30"), ClosedTo: now + 1},
		},
		"closed in a period that ends before it starts": {
			livechat.RoomFilter{Closed: livechat.Period{Start: at("2026-03-04"), End: at("2026-03-03")}},
			livechat.RoomRange{ClosedFrom: at("2026-03-04"), ClosedTo: at("2026-03-03") + 1},
		},
	} {
		if diff := cmp.Diff(tc.want, tc.filter.Range(now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFirstRoomsOfAListLeaveTheRestToTheCursor(t *testing.T) {
	list := livechat.RoomList{
		Rooms: []livechat.Room{
			{ID: "closed 2", OpenedAt: 8, ClosedAt: 60}, {ID: "open 3", Open: true, OpenedAt: 10}, {ID: "closed 1", OpenedAt: 9, ClosedAt: 70},
			{ID: "open 1", Open: true, OpenedAt: 30}, {ID: "open 2", Open: true, OpenedAt: 10},
		},
		Cursor: livechat.ListCursor{Opened: 5, Closed: 50},
	}
	for most, want := range map[int]struct {
		rooms  []string
		cursor livechat.ListCursor
	}{
		5: {[]string{"closed 2", "open 3", "closed 1", "open 1", "open 2"}, list.Cursor},
		4: {[]string{"open 3", "closed 1", "open 1", "open 2"}, livechat.ListCursor{Opened: 5, Closed: 61}},
		3: {[]string{"open 3", "open 1", "open 2"}, livechat.ListCursor{Opened: 5, Closed: 71}},
		2: {[]string{"open 1"}, livechat.ListCursor{Opened: 11, Closed: 100}}, // two rooms were opened at the same time
	} {
		l := list
		l.Rooms = slices.Clone(l.Rooms)
		l = l.Truncate(most, livechat.RoomRange{Open: true, Closed: true, ClosedTo: 100})
		var got []string
		for _, r := range l.Rooms {
			got = append(got, r.ID)
		}
		if !cmp.Equal(want.rooms, got) || l.Cursor != want.cursor {
			t.Errorf("the first %d rooms are %q with cursor %+v, want %q with %+v", most, got, l.Cursor, want.rooms, want.cursor)
		}
	}
}

func TestListCursorComesBackAsItWasWritten(t *testing.T) {
	for _, c := range []livechat.ListCursor{{Opened: 5}, {Closed: 7}, {Opened: 1_764_374_400_000, Closed: 3}} {
		if got, ok := livechat.ParseListCursor(c.String()); !ok || got != c {
			t.Errorf("%+v came back as %+v, %v", c, got, ok)
		}
	}
	for _, text := range []string{"", "0-0", "5", "-5-1", "x-1", "1-x", "99999999999999999-0", "5-1-1"} {
		if got, ok := livechat.ParseListCursor(text); ok {
			t.Errorf("%q is parsed as %+v", text, got)
		}
	}
	if text := (livechat.ListCursor{}).String(); text != "" {
		t.Errorf("the end of a list is %q", text)
	}
}

func TestRoomsForWhom(t *testing.T) {
	user := func(role string) livechat.User { return livechat.User{ID: "u", Roles: []string{role}} }
	others := livechat.RoomFilter{Agents: []string{"other"}}
	if f, err := livechat.RestrictToVisible(user(livechat.RoleManager), others); err != nil || f.Agents[0] != "other" {
		t.Errorf("manager: %+v, %v", f, err)
	}
	if f, err := livechat.RestrictToVisible(user(livechat.RoleAgent), others); err != nil || !cmp.Equal(f.Agents, []string{"u"}) {
		t.Errorf("agent: %+v, %v", f, err)
	}
	if f, err := livechat.RestrictToVisible(user(livechat.RoleAgent), livechat.RoomFilter{Queued: true}); err != nil || f.Agents != nil {
		t.Errorf("agent who looks at the queue: %+v, %v", f, err)
	}
	if _, err := livechat.RestrictToVisible(user("nobody"), others); !errors.Is(err, livechat.ErrUnauthorized) {
		t.Errorf("nobody: %v", err)
	}
}

func TestSetCustomFields(t *testing.T) {
	settings, err := settings.New(settings.Changes{Values: map[string]string{"customFields": `[
		{"key":"crm","label":"CRM id","scope":"visitor","regexp":"^[0-9]+$"},{"key":"order","scope":"room"}]`}})
	if err != nil {
		t.Fatal(err)
	}
	visitor := livechat.Visitor{CustomData: map[string]string{"crm": "1"}}
	room := livechat.Room{ID: "r", CustomFields: map[string]any{"order": "1"}}
	value := func(key, value string, overwrite bool) livechat.CustomFieldValue {
		return livechat.CustomFieldValue{Key: key, Value: value, Overwrite: overwrite}
	}
	for name, tc := range map[string]struct {
		sent       []livechat.CustomFieldValue
		room       *livechat.Room
		crm, order any
		refusal    string
	}{
		"both":          {[]livechat.CustomFieldValue{value("crm", "2", true), value("order", "2", true)}, &room, "2", "2", ""},
		"old ones stay": {[]livechat.CustomFieldValue{value("crm", "2", false), value("order", "2", false)}, &room, "1", "1", ""},
		"no open room":  {[]livechat.CustomFieldValue{value("order", "2", true)}, nil, "1", nil, ""},
		"unknown key":   {[]livechat.CustomFieldValue{value("what", "2", true)}, &room, nil, nil, "invalid-custom-field"},
		"invalid value": {[]livechat.CustomFieldValue{value("crm", "x", true)}, &room, nil, nil, "Invalid value for CRM id field [error-invalid-custom-field-value]"},
	} {
		t.Run(name, func(t *testing.T) {
			v, r, err := livechat.SetCustomFields(visitor, tc.room, tc.sent, settings.CustomFields, 5)
			if err != nil || tc.refusal != "" {
				if err == nil || err.Error() != tc.refusal {
					t.Errorf("refused with %v, want %q", err, tc.refusal)
				}
				return
			}
			var order any
			if r != nil {
				order = r.CustomFields["order"]
			}
			if v.CustomData["crm"] != tc.crm || order != tc.order {
				t.Errorf("crm %v, order %v", v.CustomData["crm"], order)
			}
		})
	}
	if visitor.CustomData["crm"] != "1" || room.CustomFields["order"] != "1" {
		t.Errorf("the arguments were changed: %v, %v", visitor.CustomData, room.CustomFields)
	}
}
