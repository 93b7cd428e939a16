package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livechat/shared/livechat"
)

// mary registers a visitor with a room that has one message, and closes the room if
// closed is true.
func (o operator) mary(token string, closed bool) livechat.Visitor {
	o.Helper()
	v, err := o.store.RegisterVisitor(o.Context(), token, func(livechat.Visitor, bool) (livechat.Visitor, error) {
		v := livechat.NewVisitor(livechat.NewID(), token, livechat.At(time.Now()))
		v.Name, v.Emails, v.Phone = "Mary Miller", []livechat.Email{{Address: "mary@example.com"}}, []livechat.Phone{{Number: "555-0123"}}
		return v, nil
	})
	if err != nil {
		o.Fatal(err)
	}
	settings, err := o.store.Settings(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	opened, err := livechat.OpenRoom(livechat.OpenParams{ID: livechat.NewID(), Visitor: v, Now: livechat.At(time.Now()), NewID: livechat.NewID}, settings, nil, nil)
	if err != nil {
		o.Fatal(err)
	}
	if _, _, err := o.store.OpenRoom(o.Context(), opened); err != nil {
		o.Fatal(err)
	}
	_, err = o.store.PostVisitorMessage(o.Context(), token, opened.Room.ID, "", func(r livechat.Room) (livechat.Change, error) {
		return livechat.Change{Room: r}.Post(r.VisitorMessage("", "what Mary says", livechat.At(time.Now())), livechat.NewID), nil
	})
	if err != nil {
		o.Fatal(err)
	}
	if closed {
		if err := closeOpenRoom(o.Context(), o.store, settings, livechat.At(time.Now()), token); err != nil {
			o.Fatal(err)
		}
	}
	return v
}

func TestVisitorIsFoundExportedAndErased(t *testing.T) {
	o := newOperator(t)
	const token = "marys-own-token"
	v := o.mary(token, true)
	o.mary("another-token", true)

	var found []livechat.Visitor
	o.doJSON(&found, "visitor", "find", "MARY@")
	if len(found) != 2 {
		t.Errorf("found %+v", found)
	}
	if out := o.do("visitor", "find", "0123"); !strings.Contains(out, v.ID) || strings.Contains(out, token) {
		t.Errorf("found %s", out)
	}
	if a := typeIn(t, "visitor", "find", "nobody"); a.code != exitDone || a.stderr != "found 0 of 2 visitors\n" {
		t.Errorf("finding nobody: %+v", a)
	}
	file := filepath.Join(t.TempDir(), "mary.json")
	o.do("visitor", "export", "--id", v.ID, "-o", file)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(written, &document); err != nil || document["format"] != exportFormat {
		t.Errorf("%v: %s", err, written)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	for _, word := range []string{"Mary Miller", "mary@example.com", "what Mary says"} {
		if !strings.Contains(string(written), word) {
			t.Errorf("the export has no %q: %s", word, written)
		}
	}
	if strings.Contains(string(written), token) {
		t.Errorf("the export has the token: %s", written)
	}
	o.refuse(exitFailed, []string{"exists"}, "visitor", "export", "--id", v.ID, "-o", file)
	if a := typeAndAnswer(t, token+"\n", "visitor", "export", "--token", "-"); a.code != exitDone || !strings.Contains(a.stdout, "what Mary says") {
		t.Errorf("%+v", a)
	}
	if a := typeAndAnswer(t, "\n", "visitor", "export", "--token", "-"); a.code != exitFailed || !strings.HasSuffix(a.stderr, "no token on stdin\n") {
		t.Errorf("%+v", a)
	}
	if a := typeAndAnswer(t, "no\n", "visitor", "erase", "--id", v.ID); a.code != exitFailed || !strings.Contains(a.stderr, "nothing was erased") {
		t.Errorf("%+v", a)
	}
	a := typeAndAnswer(t, "yes\n", "visitor", "erase", "--id", v.ID)
	if a.code != exitDone || !strings.Contains(a.stdout, "1 room, 3 messages and 0 answers") || strings.Contains(a.stdout+a.stderr, token) {
		t.Errorf("%+v", a)
	}
	o.refuse(exitFailed, []string{"no visitor", v.ID}, "visitor", "export", "--id", v.ID)
	o.doJSON(&found, "visitor", "find", "mary")
	if len(found) != 1 {
		t.Errorf("found %+v", found)
	}
	o.do("verify", "--settle", "0s")
}

func TestVisitorWithOpenRoomIsErasedOnlyWhenThatIsSaid(t *testing.T) {
	o := newOperator(t)
	v := o.mary("token", false)
	o.refuse(exitFailed, []string{"open room", "--close-rooms"}, "visitor", "erase", "--id", v.ID, "--yes")
	var gone erased
	o.doJSON(&gone, "visitor", "erase", "--id", v.ID, "--yes", "--close-rooms")
	if gone.Closed != 1 || gone.Rooms != 1 {
		t.Errorf("%+v", gone)
	}
	o.refuse(exitFailed, []string{"--id", "--token"}, "visitor", "erase")
	o.refuse(exitFailed, []string{"no visitor"}, "visitor", "erase", "--token", "token")
	o.do("verify", "--settle", "0s")
}
