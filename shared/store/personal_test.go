package store_test

import "testing"

// TestPersonalHasNothingOfAnothers, who had the token before.
func TestPersonalHasNothingOfAnothers(t *testing.T) {
	w := newTown(t)
	broken["anothers-room"].harm(w)
	personal, err := w.store.Personal(t.Context(), "open")
	if err != nil || len(personal.Rooms) > 0 {
		t.Errorf("%+v (%v)", personal.Rooms, err)
	}
}
