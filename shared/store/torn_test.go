package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// tornAt answers batches as a database may, because a batch is not a snapshot: it reads
// the items whose key has the prefix before f runs, and the others after it.
func tornAt(attribute, prefix string, f func()) func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("torn", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			out, metadata, err := next.HandleInitialize(ctx, in)
			before, isBatch := out.Result.(*dynamodb.BatchGetItemOutput)
			if !isBatch || err != nil {
				return out, metadata, err
			}
			f()
			out, metadata, err = next.HandleInitialize(ctx, in)
			if after, ok := out.Result.(*dynamodb.BatchGetItemOutput); ok {
				for name, items := range after.Responses {
					after.Responses[name] = append(
						some(before.Responses[name], attribute, prefix, true), some(items, attribute, prefix, false)...)
				}
			}
			return out, metadata, err
		}), smithy.After)
	})
}

// some returns the items whose key has the prefix, or the others.
func some(items []map[string]types.AttributeValue, attribute, prefix string, wanted bool) []map[string]types.AttributeValue {
	var batch []map[string]types.AttributeValue
	for _, item := range items {
		key, _ := item[attribute].(*types.AttributeValueMemberS)
		if strings.HasPrefix(key.Value, prefix) == wanted {
			batch = append(batch, item)
		}
	}
	return batch
}

// TestSurveyOfARoomThatIsClosedMeanwhile: the survey is read before the closing, and the
// room after it. The room is still moved or answered together with its survey.
func TestSurveyOfARoomThatIsClosedMeanwhile(t *testing.T) {
	for name, do := range map[string]func(*store.Store, livechat.Room, livechat.Visitor) error{
		"move": func(s *store.Store, r livechat.Room, to livechat.Visitor) error {
			_, err := s.MoveRoom(t.Context(), r.ID, to.ID, give)
			return err
		},
		"answer": func(s *store.Store, r livechat.Room, _ livechat.Visitor) error {
			_, err := s.AnswerSurvey(t.Context(), r.Visitor.Token, r.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"}))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			good, raw := storetest.NewWithClient(t)
			from, to := storetest.Register(t, good, "from"), storetest.Register(t, good, "to")
			room := storetest.Open(t, good, from)
			done := false
			s := raw.Store(t, tornAt("PK", "SURVEY#", func() {
				if done {
					return
				}
				done = true
				if _, err := good.CloseVisitorsRoom(t.Context(), from.Token, room.ID, closing); err != nil {
					t.Error(err)
				}
			}))
			if err := do(s, room, to); err != nil {
				t.Fatal(err)
			}
			now, err := good.RoomByID(t.Context(), room.ID)
			if err != nil {
				t.Fatal(err)
			}
			survey, err := good.Survey(t.Context(), room.ID)
			if err != nil || survey == nil || survey.Visitor.ID != now.Visitor.ID || survey.AnsweredAt == 0 && name == "answer" {
				t.Errorf("the room belongs to %s, its survey is %+v (%v)", now.Visitor.ID, survey, err)
			}
		})
	}
}

// stale removes the items whose key has the prefix from batches that are not read
// consistently.
func stale(attribute, prefix string) func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("stale", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			out, metadata, err := next.HandleInitialize(ctx, in)
			batch, isBatch := in.Parameters.(*dynamodb.BatchGetItemInput)
			if read, ok := out.Result.(*dynamodb.BatchGetItemOutput); isBatch && ok {
				for name, items := range read.Responses {
					if !aws.ToBool(batch.RequestItems[name].ConsistentRead) {
						read.Responses[name] = some(items, attribute, prefix, false)
					}
				}
			}
			return out, metadata, err
		}), smithy.After)
	})
}

// TestSurveyThatIsNotReadYetIsAnswered, even after its visitor opened the next room.
func TestSurveyThatIsNotReadYetIsAnswered(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, good, "token")
	room := storetest.Open(t, good, v)
	if _, err := good.CloseVisitorsRoom(t.Context(), v.Token, room.ID, closing); err != nil {
		t.Fatal(err)
	}
	storetest.Open(t, good, v)
	s := raw.Store(t, stale("PK", "SURVEY#"))
	if _, err := s.AnswerSurvey(t.Context(), v.Token, room.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"})); err != nil {
		t.Fatal(err)
	}
	survey, err := good.Survey(t.Context(), room.ID)
	if err != nil || survey == nil || survey.AnsweredAt == 0 {
		t.Errorf("the survey is %+v (%v)", survey, err)
	}
}

// TestDeletedMessageStaysDeletedDuringARepetition: the call that posts the message again
// reads it before it is deleted.
func TestDeletedMessageStaysDeletedDuringARepetition(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	if _, _, err := storetest.Post(t, good, room, "mine", "hello", true); err != nil {
		t.Fatal(err)
	}
	done := false
	s := raw.Store(t, storetest.Before("GetItem", func() {
		if done {
			return
		}
		done = true
		err := good.DeleteVisitorsMessage(t.Context(), "token", room.ID, "mine", now, anybody,
			func(r livechat.Room, _ livechat.Message) (livechat.Room, error) { return r, nil })
		if err != nil {
			t.Error(err)
		}
	}))
	_, _, err := storetest.Post(t, s, room, "mine", "hello", true)
	wantError(t, err, livechat.ErrInvalidMessage)
	if stored, err := good.RoomByID(t.Context(), room.ID); err != nil || stored.MessageCount != 0 || !done {
		t.Errorf("msgs is %d (%v)", stored.MessageCount, err)
	}
}
