package store_test

import (
	"errors"
	"testing"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
	"livechat/shared/store/table"
)

// TestRoomThatIsNotInTheIndexIsNoVacancy: the room is found by its visitor's token, is
// exported with the visitor's data, and is not overwritten.
func TestRoomThatIsNotInTheIndexIsNoVacancy(t *testing.T) {
	s := storetest.New(t)
	opened := storetest.Open(t, s, storetest.Register(t, s, "token"))
	if _, err := s.Table().Update(t.Context(), layout.OpenKey("token"), table.Update{Expression: "REMOVE GSI1PK"}); err != nil {
		t.Fatal(err)
	}
	v, room, err := s.VisitorByToken(t.Context(), "token")
	if err != nil || room == nil || room.ID != opened.ID {
		t.Fatalf("the visitor's room is %v (%v)", room, err)
	}
	got, isNew, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, v))
	if err != nil || isNew || got.ID != opened.ID {
		t.Errorf("opened %s, new %v (%v), want %s", got.ID, isNew, err, opened.ID)
	}
	if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); !errors.Is(err, livechat.ErrRoomsStillOpen) {
		t.Errorf("the visitor's deletion: %v", err)
	}
	personal, err := s.ExportVisitor(t.Context(), "token")
	if err != nil || len(personal.Rooms) != 1 {
		t.Errorf("%d rooms are exported (%v)", len(personal.Rooms), err)
	}
}

// TestMovedRoomCountsItsNewVisitorFromZero. The former visitor's usage stays with their
// vacancy.
func TestMovedRoomCountsItsNewVisitorFromZero(t *testing.T) {
	s := storetest.New(t)
	from, to := storetest.Register(t, s, "from"), storetest.Register(t, s, "to")
	room := storetest.Open(t, s, from)
	if room.Usage.Calls["rooms"] != 1 {
		t.Fatalf("the opening is counted as %+v", room.Usage)
	}
	moved, err := s.MoveRoom(t.Context(), room.ID, to.ID, give)
	if err != nil || moved.Usage.From != 0 || len(moved.Usage.Calls) != 0 {
		t.Errorf("the new visitor has used %+v (%v)", moved.Usage, err)
	}
	from, _, err = s.VisitorByToken(t.Context(), "from")
	if err != nil || from.RoomUsage.Calls["rooms"] != 1 {
		t.Errorf("the former visitor has used %+v (%v)", from.RoomUsage, err)
	}
}

// TestVacancyOutlivesTheMinuteThatCountsIt: if the vacancy expired earlier, the next
// opening would be counted together with the first.
func TestVacancyOutlivesTheMinuteThatCountsIt(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	if _, err := s.CloseVisitorsRoom(t.Context(), "token", room.ID, closing); err != nil {
		t.Fatal(err)
	}
	vacancy, err := s.Table().Get(t.Context(), layout.OpenKey("token"))
	if err != nil || layout.HasRoom(vacancy) {
		t.Fatalf("the room left %v (%v)", vacancy, err)
	}
	var kept struct{ Expires int64 }
	_, until := livechat.Window(now)
	if err := vacancy.Decode(&kept); err != nil || kept.Expires < until.Time().Unix() {
		t.Errorf("the vacancy expires at %d (%v), want %d or later", kept.Expires, err, until.Time().Unix())
	}
}
