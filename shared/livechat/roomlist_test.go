package livechat_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

func TestRoomFilter(t *testing.T) {
	rooms := []livechat.Room{
		{ID: "waits", Fname: "Mary", Open: true, Ts: 100, Msgs: 3},
		{ID: "served", Fname: "Ada", Open: true, Ts: 200, ServedBy: &livechat.ServedBy{ID: "a"}, DepartmentID: "sales", Tags: []string{"x", "y"}, Msgs: 1},
		{ID: "closed", Fname: "Amy", Ts: 150, ClosedAt: 300, ServedBy: &livechat.ServedBy{ID: "b"}, Tags: []string{"y"}, Msgs: 2},
	}
	for name, tc := range map[string]struct {
		filter livechat.RoomFilter
		want   []string
	}{
		"all":            {livechat.RoomFilter{}, []string{"waits", "served", "closed"}},
		"open":           {livechat.RoomFilter{Open: new(true)}, []string{"waits", "served"}},
		"closed":         {livechat.RoomFilter{Open: new(false)}, []string{"closed"}},
		"waiting":        {livechat.RoomFilter{Queued: true}, []string{"waits"}},
		"agents":         {livechat.RoomFilter{Agents: []string{"a", "b"}}, []string{"served", "closed"}},
		"department":     {livechat.RoomFilter{Department: "sales"}, []string{"served"}},
		"one of tags":    {livechat.RoomFilter{Tags: []string{"x", "z"}}, []string{"served"}},
		"name":           {livechat.RoomFilter{Name: "AM"}, []string{"closed"}},
		"opened from":    {livechat.RoomFilter{Created: livechat.Period{Start: 150}}, []string{"served", "closed"}},
		"opened until":   {livechat.RoomFilter{Created: livechat.Period{End: 150}}, []string{"waits", "closed"}},
		"closed until":   {livechat.RoomFilter{Closed: livechat.Period{End: 300}}, []string{"closed"}},
		"closed from":    {livechat.RoomFilter{Closed: livechat.Period{Start: 301}}, nil},
		"latest first":   {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "ts", Descending: true}}, []string{"served", "closed", "waits"}},
		"by name":        {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "fname"}}, []string{"served", "closed", "waits"}},
		"most messages":  {livechat.RoomFilter{Sort: livechat.RoomSort{Field: "msgs", Descending: true}}, []string{"waits", "closed", "served"}},
		"all that match": {livechat.RoomFilter{Open: new(true), Agents: []string{"a"}, Tags: []string{"y"}}, []string{"served"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range tc.filter.Of(append([]livechat.Room(nil), rooms...)) {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("rooms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRangeIsWhatTheFilterNeeds(t *testing.T) {
	for name, tc := range map[string]struct {
		filter livechat.RoomFilter
		want   livechat.RoomRange
	}{
		"all":     {livechat.RoomFilter{}, livechat.RoomRange{Open: true, Closed: true}},
		"waiting": {livechat.RoomFilter{Queued: true}, livechat.RoomRange{Open: true}},
		"closed":  {livechat.RoomFilter{Closed: livechat.Period{Start: 5, End: 9}}, livechat.RoomRange{Closed: true, ClosedFrom: 5, ClosedTo: 9}},
		"opened":  {livechat.RoomFilter{Created: livechat.Period{Start: 5, End: 9}}, livechat.RoomRange{Open: true, Closed: true, ClosedFrom: 5}},
	} {
		if diff := cmp.Diff(tc.want, tc.filter.Range()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRoomsForWhom(t *testing.T) {
	user := func(role string) livechat.User { return livechat.User{ID: "u", Roles: []string{role}} }
	others := livechat.RoomFilter{Agents: []string{"other"}}
	if f, err := livechat.RoomsFor(user(livechat.RoleManager), others); err != nil || f.Agents[0] != "other" {
		t.Errorf("manager: %+v, %v", f, err)
	}
	if f, err := livechat.RoomsFor(user(livechat.RoleAgent), others); err != nil || !cmp.Equal(f.Agents, []string{"u"}) {
		t.Errorf("agent: %+v, %v", f, err)
	}
	if f, err := livechat.RoomsFor(user(livechat.RoleAgent), livechat.RoomFilter{Queued: true}); err != nil || f.Agents != nil {
		t.Errorf("agent who looks at the queue: %+v, %v", f, err)
	}
	if _, err := livechat.RoomsFor(user("nobody"), others); !errors.Is(err, livechat.ErrUnauthorized) {
		t.Errorf("nobody: %v", err)
	}
}

func TestSetCustomFields(t *testing.T) {
	settings, err := livechat.NewSettings(livechat.ChangedSettings{Values: map[string]string{"customFields": `[
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
		"no such value": {[]livechat.CustomFieldValue{value("crm", "x", true)}, &room, nil, nil, "Invalid value for CRM id field [error-invalid-custom-field-value]"},
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
		t.Errorf("the former are changed: %v, %v", visitor.CustomData, room.CustomFields)
	}
}
