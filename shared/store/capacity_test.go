package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"

	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
)

// meter adds up the capacity that calls consume, as the database reports it.
// DynamoDB Local counts a transaction once; AWS bills it twice.
type meter struct {
	lock        sync.Mutex
	read, write float64
	// transacted is the part of write that was written by transactions.
	transacted float64
}

func (m *meter) options() func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("meter", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			askForCapacity(in.Parameters)
			out, metadata, err := next.HandleInitialize(ctx, in)
			m.add(out.Result)
			return out, metadata, err
		}), smithy.After)
	})
}

func askForCapacity(call any) {
	const total = types.ReturnConsumedCapacityTotal
	switch c := call.(type) {
	case *dynamodb.GetItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.PutItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		c.ReturnConsumedCapacity = total
	}
}

func (m *meter) add(answer any) {
	m.lock.Lock()
	defer m.lock.Unlock()
	units := func(c *types.ConsumedCapacity) float64 {
		if c == nil {
			return 0
		}
		return aws.ToFloat64(c.CapacityUnits)
	}
	switch a := answer.(type) {
	case *dynamodb.GetItemOutput:
		m.read += units(a.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.read += units(a.ConsumedCapacity)
	case *dynamodb.BatchGetItemOutput:
		for i := range a.ConsumedCapacity {
			m.read += units(&a.ConsumedCapacity[i])
		}
	case *dynamodb.PutItemOutput:
		m.write += units(a.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.write += units(a.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		for i := range a.ConsumedCapacity {
			m.write += units(&a.ConsumedCapacity[i])
			m.transacted += units(&a.ConsumedCapacity[i])
		}
	}
}

// TestConsumedCapacity holds what each call costs; infra/README.md reckons the
// month's price with it.
func TestConsumedCapacity(t *testing.T) {
	var m meter
	s := storetest.New(t, m.options())
	agent := storetest.AddAgent(t, s, "ann")
	costs := func(what string, read, write float64) {
		t.Helper()
		if m.read > read || m.write > write {
			t.Errorf("%s consumes %v read and %v write units, want %v and %v at most", what, m.read, m.write, read, write)
		}
		m.read, m.write = 0, 0
	}
	costs("a user", 0, 6)

	visitor := storetest.Register(t, s, "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d")
	costs("a registration", 1, 4)
	if _, err := s.Agents(t.Context()); err != nil {
		t.Fatal(err)
	}
	room, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, visitor, agent))
	if err != nil {
		t.Fatal(err)
	}
	costs("opening a room", 1, 4)
	if _, _, err := s.VisitorByToken(t.Context(), visitor.Token); err != nil {
		t.Fatal(err)
	}
	costs("resuming a room", 1, 0)
	if _, err := s.AnswerSurvey(t.Context(), visitor.Token, room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
		t.Fatal(err)
	}
	costs("a survey, and the items of the two messages that the room began with", 2, 6)
	other := storetest.Register(t, s, "other")
	costs("a registration", 1, 4)
	if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
		t.Fatal(err)
	}
	// One unit more when the index names the former place, too.
	costs("a move", 4, 12)
}

// TestChatConsumes what infra/README.md reckons a month's price with: a visitor
// registers, opens a room and looks at five pages, ten messages go to and fro, each
// answer is read, the room is closed, and the survey answered.
func TestChatConsumes(t *testing.T) {
	var m meter
	s := storetest.New(t, m.options())
	agent := storetest.AddAgent(t, s, "ann")
	if err := s.AddDepartment(t.Context(), livechat.Department{ID: "support", Name: "Support"}); err != nil {
		t.Fatal(err)
	}
	m.read, m.write, m.transacted = 0, 0, 0
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	count := func(limit livechat.RateLimit, by string) livechat.Count {
		return livechat.Count{Limit: limit, By: by, What: livechat.NewID()}
	}
	const client = "192.0.2.1 https://shop.example"
	must(s.Admit(t.Context(), now, count(livechat.VisitorsPerAddress, client)))
	visitor := storetest.Register(t, s, "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d")
	_, err := s.Agents(t.Context())
	must(err)
	must(s.Admit(t.Context(), now, count(livechat.RoomsPerToken, visitor.Token), count(livechat.RoomsPerAddress, client)))
	room, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, visitor, agent))
	must(err)
	for range 5 {
		_, _, err := s.VisitorByToken(t.Context(), visitor.Token)
		must(err)
		must(s.Admit(t.Context(), now, count(livechat.MessagesPerToken, visitor.Token)))
		storetest.VisitorSays(t, s, room, "Do you ship to Lisbon, and for how much?")
		_, _, err = s.SignIn(t.Context(), agent.ID, livechat.HashToken("secret"))
		must(err)
		storetest.AgentSays(t, s, room, "We do. It is free from fifty on.")
		_, err = s.VisitorsHistory(t.Context(), visitor.Token, room.ID, livechat.HistoryPage{Limit: 20})
		must(err)
	}
	_, err = s.CloseVisitorsRoom(t.Context(), visitor.Token, room.ID, closing)
	must(err)
	must(s.Admit(t.Context(), now, count(livechat.SurveysPerRoom, room.ID)))
	_, err = s.AnswerSurvey(t.Context(), visitor.Token, room.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"}))
	must(err)
	billed := m.write + m.transacted
	t.Logf("%v read units, %v write units as billed", m.read, billed)
	if m.read > 50 || billed > 114 {
		t.Errorf("a chat consumes %v read units and %v write units as billed", m.read, billed)
	}
}
