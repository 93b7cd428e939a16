package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// The tests here run another call between a call's read and its write.

func TestAnswersNeverLandInAnotherRoomOfTheSameVersion(t *testing.T) {
	s := storetest.New(t)
	v, other := storetest.Register(t, s, "token"), storetest.Register(t, s, "other")
	room := storetest.Open(t, s, v)
	var second livechat.Room
	_, err := s.AnswerSurvey(t.Context(), "token", room.ID, func(r livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
		if second.ID == "" {
			if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
				t.Fatal(err)
			}
			second = storetest.Open(t, s, v)
		}
		return storetest.Answer(livechat.Answers{"satisfaction": "1"})(r)
	})
	wantError(t, err, livechat.ErrInvalidRoom)
	_, now, err := s.VisitorByToken(t.Context(), "token")
	if err != nil || now.ID != second.ID || now.SurveyFeedback != nil {
		t.Errorf("the open room is %s with answers %v, want %s (%v)", now.ID, now.SurveyFeedback, second.ID, err)
	}
}

func TestRenamingLosesNoAnswer(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	answered := false
	_, err := s.RegisterVisitor(t.Context(), "token", func(v livechat.Visitor, _ bool) (livechat.Visitor, error) {
		if !answered {
			answered = true
			if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "4"})); err != nil {
				t.Fatal(err)
			}
		}
		v.Name = "Ada"
		return v, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := s.RoomByID(t.Context(), room.ID)
	if err != nil || stored.Name != "Ada" || stored.SurveyFeedback["satisfaction"] != "4" {
		t.Errorf("room %q with %v, %v", stored.Name, stored.SurveyFeedback, err)
	}
}

func TestRoomOpenedBesideARenamingHasTheNewName(t *testing.T) {
	s := storetest.New(t)
	before := storetest.Register(t, s, "token")
	_, err := s.RegisterVisitor(t.Context(), "token", func(v livechat.Visitor, _ bool) (livechat.Visitor, error) {
		storetest.Open(t, s, before)
		v.Name = "Ada"
		return v, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, room, err := s.VisitorByToken(t.Context(), "token")
	if err != nil || room.Name != "Ada" {
		t.Errorf("the room's name is %q, %v", room.Name, err)
	}
}

func TestNobodyInheritsADeletedVisitorsName(t *testing.T) {
	s := storetest.New(t)
	storetest.Register(t, s, "token")
	first := true
	again, err := s.RegisterVisitor(t.Context(), "token", func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if first {
			first = false
			if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
				t.Fatal(err)
			}
			v.Name = "Ada"
			return v, nil
		}
		if known {
			t.Error("the deleted visitor is known")
		}
		return livechat.NewVisitor(livechat.NewID(), "token", now), nil
	})
	if err != nil || again.Username != "guest-2" {
		t.Errorf("the new visitor's name is %q, want guest-2 (%v)", again.Username, err)
	}
}

func TestDeletionSparesARoomThatWasGivenAwayBetween(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v, other := storetest.Register(t, good, "token"), storetest.Register(t, good, "other")
	room := closed(t, good, v)
	if _, err := good.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "4"})); err != nil {
		t.Fatal(err)
	}
	between := false
	s := raw.Store(t, storetest.Before("TransactWriteItems", func() {
		if between {
			return
		}
		between = true
		if _, err := good.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
			t.Error(err)
		}
	}))
	if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	moved, err := good.RoomByID(t.Context(), room.ID)
	if err != nil || moved.Visitor.ID != other.ID {
		t.Errorf("the room is with %s, %v", moved.Visitor.ID, err)
	}
	history, err := good.AnswerHistory(t.Context(), room.ID)
	if err != nil || len(history) != 1 || !between {
		t.Errorf("the moved room has %d answers, want 1 (%v)", len(history), err)
	}
}

func TestDeletionLeavesTheRoomsOfWhoeverRegisteredAnew(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	storetest.Register(t, good, "token")
	var kept livechat.Room
	s := raw.Store(t, storetest.Before("PutItem", func() {
		if kept.ID != "" {
			return
		}
		// Another call deletes the visitor, and somebody registers with the token and has
		// a chat.
		if _, err := good.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
			t.Error(err)
		}
		kept = closed(t, good, storetest.Register(t, good, "token"))
	}))
	_, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion)
	wantError(t, err, livechat.ErrInvalidToken)
	if _, err := good.RoomByID(t.Context(), kept.ID); err != nil {
		t.Errorf("the new visitor's room: %v", err)
	}
}

func TestReadsAreConsistent(t *testing.T) {
	consistent := map[string]bool{}
	s := storetest.New(t, dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("look", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			switch p := in.Parameters.(type) {
			case *dynamodb.QueryInput:
				if p.IndexName == nil { // an index cannot be read consistently
					consistent["Query"] = aws.ToBool(p.ConsistentRead)
				}
			case *dynamodb.GetItemInput:
				consistent["GetItem"] = aws.ToBool(p.ConsistentRead)
			case *dynamodb.BatchGetItemInput:
				for _, keys := range p.RequestItems {
					consistent["BatchGetItem"] = aws.ToBool(keys.ConsistentRead)
				}
			}
			return next.HandleInitialize(ctx, in)
		}), smithy.After)
	}))
	v := storetest.Register(t, s, "token")
	if _, err := s.VisitorByID(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChangedSettings(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"Query": true, "GetItem": true, "BatchGetItem": true}
	if diff := cmp.Diff(want, consistent); diff != "" {
		t.Errorf("consistent reads (-want +got):\n%s", diff)
	}
}

// TestNewTokenSignsInAtOnce: a new token signs in even if an eventual read lacks it.
func TestNewTokenSignsInAtOnce(t *testing.T) {
	_, raw := storetest.NewWithClient(t)
	s := raw.Store(t, dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("lagging", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			batch, isBatch := in.Parameters.(*dynamodb.BatchGetItemInput)
			out, metadata, err := next.HandleInitialize(ctx, in)
			if read, ok := out.Result.(*dynamodb.BatchGetItemOutput); ok && isBatch {
				for name, wanted := range batch.RequestItems {
					if !aws.ToBool(wanted.ConsistentRead) {
						delete(read.Responses, name)
					}
				}
			}
			return out, metadata, err
		}), smithy.After)
	}))
	token := livechat.AuthToken{Hash: livechat.HashToken("secret"), UserID: "mary", CreatedAt: now}
	if err := s.CreateUser(t.Context(), livechat.User{ID: "mary", Username: "mary", Active: true}, token); err != nil {
		t.Fatal(err)
	}
	user, found, err := s.SignIn(t.Context(), "mary", token.Hash)
	if err != nil || !user.Active || found != token {
		t.Errorf("signed in as %+v by %+v (%v)", user, found, err)
	}
	if _, found, err := s.SignIn(t.Context(), "mary", "another"); err != nil || found != (livechat.AuthToken{}) {
		t.Errorf("a wrong token signs in: %+v (%v)", found, err)
	}
}

// TestBatchesAreDoneToTheirEnd makes the database do a part of each batch, as a throttled
// database does.
func TestBatchesAreDoneToTheirEnd(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, good, "token")
	room := closed(t, good, v)
	for range 3 {
		if _, err := good.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "4"})); err != nil {
			t.Fatal(err)
		}
	}
	s := raw.Store(t, halfDone)
	if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"})); err != nil {
		t.Errorf("a batch that was read in part: %v", err)
	}
	if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	history, err := good.AnswerHistory(t.Context(), room.ID)
	if err != nil || len(history) != 0 {
		t.Errorf("%d entries are left after a batch that was deleted in part, %v", len(history), err)
	}
}

// halfDone does only the first entry of each batch and returns the others as not
// processed.
func halfDone(o *dynamodb.Options) {
	dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("half", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			restOfReads, restOfWrites := map[string]types.KeysAndAttributes{}, map[string][]types.WriteRequest{}
			switch p := in.Parameters.(type) {
			case *dynamodb.BatchGetItemInput:
				first := map[string]types.KeysAndAttributes{}
				for name, wanted := range p.RequestItems {
					if rest := wanted.Keys[1:]; len(rest) > 0 {
						restOfReads[name] = types.KeysAndAttributes{Keys: rest, ConsistentRead: wanted.ConsistentRead}
					}
					wanted.Keys = wanted.Keys[:1]
					first[name] = wanted
				}
				in.Parameters = &dynamodb.BatchGetItemInput{RequestItems: first}
			case *dynamodb.BatchWriteItemInput:
				first := map[string][]types.WriteRequest{}
				for name, writes := range p.RequestItems {
					if rest := writes[1:]; len(rest) > 0 {
						restOfWrites[name] = rest
					}
					first[name] = writes[:1]
				}
				in.Parameters = &dynamodb.BatchWriteItemInput{RequestItems: first}
			}
			out, metadata, err := next.HandleInitialize(ctx, in)
			switch r := out.Result.(type) {
			case *dynamodb.BatchGetItemOutput:
				r.UnprocessedKeys = restOfReads
			case *dynamodb.BatchWriteItemOutput:
				r.UnprocessedItems = restOfWrites
			}
			return out, metadata, err
		}), smithy.After)
	})(o)
}

func TestMessagesGoWithTheirVisitor(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	room := closed(t, s, storetest.Register(t, s, "token"))
	_, err := raw.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &raw.Table, Item: map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: "MESSAGES#" + room.ID},
		"SK": &types.AttributeValueMemberS{Value: now.String() + "#message"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	for _, item := range raw.Items(t) {
		if item.Key().PK == "MESSAGES#"+room.ID {
			t.Error("the message is still there")
		}
	}
}

func TestChangedSettingIsInForceWithinFiveSeconds(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	clock := time.Now()
	store.SetClock(s, func() time.Time { return clock })
	enabled := func() bool {
		settings, err := s.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return settings.LivechatEnabled
	}
	if !enabled() {
		t.Fatal("livechat is disabled")
	}
	if err := raw.Store(t).SetSetting(t.Context(), "livechatEnabled", "", "false"); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(3 * time.Second)
	if !enabled() {
		t.Error("the settings were read again after 3 seconds, at the cost of every call")
	}
	clock = clock.Add(2 * time.Second)
	if enabled() {
		t.Error("the old setting is still used after 5 seconds")
	}
}
