package store_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
)

// TestRoomThatIsNotInTheIndexIsNoVacancy: it is found by its visitor's token, is handed
// out with all that is kept of them, and nothing is written over it.
func TestRoomThatIsNotInTheIndexIsNoVacancy(t *testing.T) {
	w := newTown(t)
	w.change("VISITOR#open", "OPEN", "REMOVE GSI1PK", nil)
	v, room, err := w.store.VisitorByToken(t.Context(), "open")
	w.must(err)
	if room == nil || room.ID != w.open.ID {
		t.Errorf("the visitor's room is %v", room)
	}
	got, isNew, err := w.store.OpenRoom(t.Context(), newRoom(t, v))
	if err != nil || isNew || got.ID != w.open.ID {
		t.Errorf("opened %s, new %v (%v), want %s", got.ID, isNew, err, w.open.ID)
	}
	if _, err := w.store.DeleteVisitor(t.Context(), "open", now, deletion); !errors.Is(err, livechat.ErrRoomsStillOpen) {
		t.Errorf("the visitor's deletion: %v", err)
	}
	personal, err := w.store.Personal(t.Context(), "open")
	if err != nil || len(personal.Rooms) != 1 {
		t.Errorf("%d rooms are handed out (%v)", len(personal.Rooms), err)
	}
}

// TestVacancyOutlivesTheMinuteThatCountsIt: one that expired before would have the next
// opening counted together with the first.
func TestVacancyOutlivesTheMinuteThatCountsIt(t *testing.T) {
	w := newTown(t)
	if _, err := w.store.CloseVisitorsRoom(t.Context(), "open", w.open.ID, closing); err != nil {
		t.Fatal(err)
	}
	_, until := livechat.Window(now)
	expires, ok := w.attribute("VISITOR#open", "OPEN", "expires").(*types.AttributeValueMemberN)
	if !ok {
		t.Fatal("the room left no vacancy that expires")
	}
	if at, err := strconv.ParseInt(expires.Value, 10, 64); err != nil || at < until.Time().Unix() {
		t.Errorf("the vacancy expires at %d (%v), want %d or later", at, err, until.Time().Unix())
	}
}
