package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"

	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
)

// torn answers batches as a batch may be answered, which is no snapshot: where
// messages stand is read before f does something, the rest after it.
func torn(f func()) func(*dynamodb.Options) {
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
					after.Responses[name] = append(places(before.Responses[name], true), places(items, false)...)
				}
			}
			return out, metadata, err
		}), smithy.After)
	})
}

// places are those of the items that say where a message stands, or the others.
func places(items []map[string]types.AttributeValue, wanted bool) []map[string]types.AttributeValue {
	var some []map[string]types.AttributeValue
	for _, item := range items {
		sort, _ := item["SK"].(*types.AttributeValueMemberS)
		if strings.HasPrefix(sort.Value, "ID#") == wanted {
			some = append(some, item)
		}
	}
	return some
}

// TestMessageRepeatedWhileItGetsItsItemIsPostedOnce: its place is read before, and
// the room after it has one.
func TestMessageRepeatedWhileItGetsItsItemIsPostedOnce(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := open(t, good, register(t, good, "token"))
	for range 3 {
		visitorSays(t, good, room, "before")
	}
	if _, _, err := post(t, good, room, "mine", "hello", true); err != nil {
		t.Fatal(err)
	}
	done := false
	s := raw.Store(t, torn(func() {
		if !done {
			done = true
			for range 3 {
				visitorSays(t, good, room, "after")
			}
		}
	}))
	m, _, err := post(t, s, room, "mine", "hello", true)
	if err != nil || m.Text != "hello" {
		t.Errorf("%+v (%v)", m, err)
	}
	wantReplayed(t, good, room, 7)
}

// TestDeletedMessageStaysDeletedBesideARepetition: the same, for one that is taken
// back before it has an item.
func TestDeletedMessageStaysDeletedBesideARepetition(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := open(t, good, register(t, good, "token"))
	if _, _, err := post(t, good, room, "mine", "hello", true); err != nil {
		t.Fatal(err)
	}
	done := false
	s := raw.Store(t, torn(func() {
		if done {
			return
		}
		done = true
		err := good.DeleteVisitorsMessage(t.Context(), "token", room.ID, "mine", now, func(livechat.Room, livechat.Message) error { return nil })
		if err != nil {
			t.Error(err)
		}
	}))
	_, _, err := post(t, s, room, "mine", "hello", true)
	wantError(t, err, livechat.ErrInvalidMessage)
	if stored, err := good.RoomByID(t.Context(), room.ID); err != nil || stored.Msgs != 0 {
		t.Errorf("msgs is %d (%v)", stored.Msgs, err)
	}
}
