package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// slowSignIn is a store whose Settings wait until their context ends. running counts the
// calls that have not returned.
type slowSignIn struct {
	fakeStore
	running atomic.Int64
}

func (s *slowSignIn) Settings(ctx context.Context) (settings.Settings, error) {
	s.running.Add(1)
	defer s.running.Add(-1)
	<-ctx.Done()
	return settings.Settings{}, ctx.Err()
}

func TestNothingRunsOnAfterTheAnswer(t *testing.T) {
	s := &slowSignIn{fakeStore: fakeStore{t: t, visitorByToken: someVisitor(nil),
		agents: func() ([]livechat.Agent, error) { return nil, livechat.ErrInvalidToken }}}
	w := call(api.Room(s, newID), http.MethodGet, "?token=token", "")
	if w.Code != 400 || s.running.Load() != 0 {
		t.Errorf("status %d, %d reads are still running", w.Code, s.running.Load())
	}
}

func TestPanicBesideTheRequestIsA500(t *testing.T) {
	s := &fakeStore{t: t, settings: defaults, moveRoom: moving(nil), signIn: func(string, string) (livechat.User, livechat.AuthToken, error) {
		panic("broken")
	}}
	w := call(api.RoomVisitor(s, newID), http.MethodPut, "", `{"rid":"room","visitorId":"visitor"}`, credentials...)
	wantAnswer(t, w, 500, internal)
	if strings.Contains(w.Body.String(), "broken") {
		t.Error("the panic is shown")
	}
}
