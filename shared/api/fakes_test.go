package api_test

import (
	"context"
	"testing"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// fakeStore answers with its functions. Calling a method whose function is nil fails
// the test.
type fakeStore struct {
	t               *testing.T
	visitorByToken  func(token string) (livechat.Visitor, *livechat.Room, error)
	settings        func() (settings.Settings, error)
	agents          func() ([]livechat.Agent, error)
	departments     func() ([]livechat.Department, error)
	openRoom        func(livechat.Change) (livechat.Room, bool, error)
	signIn          func(userID, hash string) (livechat.User, livechat.AuthToken, error)
	visitorByID     func(id string) (livechat.Visitor, error)
	moveRoom        func(rid, visitorID string, decide decideMove) (livechat.Room, error)
	answerSurvey    func(token, rid string, answer decideAnswer) (livechat.Room, error)
	registerVisitor func(token string, register decideVisitor) (livechat.Visitor, error)
	deleteVisitor   func(token string, now livechat.Time) (livechat.Visitor, error)
	closeRoom       func(rid string, decide decideClose) (livechat.Closed, error)
	// admit is nil if nothing is limited.
	admit func(now livechat.Time, counts []livechat.RateUse) error
}

type (
	decideMove    = func(livechat.Room, livechat.Visitor) (livechat.Room, livechat.AuditEntry, error)
	decideAnswer  = func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error)
	decideClose   = func(livechat.Room) (livechat.Closed, error)
	decideVisitor = func(livechat.Visitor, bool) (livechat.Visitor, error)
)

func (f *fakeStore) unexpected(call string, set bool) {
	f.t.Helper()
	if !set {
		f.t.Fatalf("unexpected call to %s", call)
	}
}

func (f *fakeStore) VisitorByToken(_ context.Context, token string) (livechat.Visitor, *livechat.Room, error) {
	f.unexpected("VisitorByToken", f.visitorByToken != nil)
	return f.visitorByToken(token)
}

func (f *fakeStore) Admit(_ context.Context, now livechat.Time, counts ...livechat.RateUse) error {
	if f.admit == nil {
		return nil
	}
	return f.admit(now, counts)
}

func (f *fakeStore) Settings(context.Context) (settings.Settings, error) {
	f.unexpected("Settings", f.settings != nil)
	return f.settings()
}

func (f *fakeStore) RoutingAgents(context.Context, string, livechat.Time) ([]livechat.Agent, livechat.Choice, error) {
	f.unexpected("RoutingAgents", f.agents != nil)
	agents, err := f.agents()
	return agents, livechat.LeastBusy, err
}

func (f *fakeStore) Departments(context.Context) ([]livechat.Department, error) {
	f.unexpected("Departments", f.departments != nil)
	return f.departments()
}

func (f *fakeStore) OpenRoom(_ context.Context, opened livechat.Change) (livechat.Room, bool, error) {
	f.unexpected("OpenRoom", f.openRoom != nil)
	return f.openRoom(opened)
}

func (f *fakeStore) WithLongAnswers(_ context.Context, room livechat.Room) (livechat.Room, error) {
	return room, nil
}

func (f *fakeStore) SignIn(_ context.Context, userID, hash string) (livechat.User, livechat.AuthToken, error) {
	f.unexpected("SignIn", f.signIn != nil)
	return f.signIn(userID, hash)
}

func (f *fakeStore) VisitorByID(_ context.Context, id string) (livechat.Visitor, error) {
	f.unexpected("VisitorByID", f.visitorByID != nil)
	return f.visitorByID(id)
}

func (f *fakeStore) MoveRoom(_ context.Context, rid, visitorID string, decide decideMove) (livechat.Room, error) {
	f.unexpected("MoveRoom", f.moveRoom != nil)
	return f.moveRoom(rid, visitorID, decide)
}

func (f *fakeStore) AnswerSurvey(_ context.Context, token, rid string, answer decideAnswer) (livechat.Room, error) {
	f.unexpected("AnswerSurvey", f.answerSurvey != nil)
	return f.answerSurvey(token, rid, answer)
}

func (f *fakeStore) RegisterVisitor(
	_ context.Context, token string, register decideVisitor, _ ...livechat.RateUse,
) (livechat.Visitor, error) {
	f.unexpected("RegisterVisitor", f.registerVisitor != nil)
	return f.registerVisitor(token, register)
}

func (f *fakeStore) DeleteVisitor(
	_ context.Context, token string, now livechat.Time, _ func(livechat.Visitor) livechat.AuditEntry,
) (livechat.Visitor, error) {
	f.unexpected("DeleteVisitor", f.deleteVisitor != nil)
	return f.deleteVisitor(token, now)
}

func (f *fakeStore) CloseRoom(_ context.Context, rid string, decide decideClose) (livechat.Closed, error) {
	f.unexpected("CloseRoom", f.closeRoom != nil)
	return f.closeRoom(rid, decide)
}

func (f *fakeStore) CloseVisitorsRoom(_ context.Context, _, rid string, decide decideClose) (livechat.Closed, error) {
	return f.CloseRoom(f.t.Context(), rid, decide)
}
