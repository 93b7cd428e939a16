package store_test

import (
	"testing"

	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
	"livechat/shared/store/table"
)

// TestPersonalHasNothingOfAnothers: an export has no data of an earlier visitor with the
// token.
func TestPersonalHasNothingOfAnothers(t *testing.T) {
	s := storetest.New(t)
	storetest.Open(t, s, storetest.Register(t, s, "token"))
	_, err := s.Table().Update(t.Context(), layout.ProfileKey("token"), table.Update{
		Expression: "SET #id = :id", Names: map[string]string{"#id": "_id"}, Values: table.Values{":id": "another"},
	})
	if err != nil {
		t.Fatal(err)
	}
	personal, err := s.ExportVisitor(t.Context(), "token")
	if err != nil || len(personal.Rooms) > 0 {
		t.Errorf("%+v (%v)", personal.Rooms, err)
	}
}
