package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
)

// untilNoConflict retries a write that met another transaction. Such a write was not
// done, and the SDK does not retry it. A failed condition is final and becomes a
// ConditionFailed.
func (t *Table) untilNoConflict(ctx context.Context, op string, write func() error) error {
	return t.untilNoConflictOr(ctx, func(context.Context) error { return nil }, op, write)
}

func (t *Table) untilNoConflictOr(ctx context.Context, onConflict func(context.Context) error, op string, write func() error) error {
	for b := newBackoff(); ; {
		err := write()
		if err == nil {
			return nil
		}
		if failed := failedCondition(err); failed != nil {
			return failed
		}
		if !isConflict(err) {
			return fault(op, err)
		}
		if err := b.wait(ctx, err); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		if err := onConflict(ctx); err != nil {
			return err
		}
	}
}

func failedCondition(err error) *ConditionFailed {
	if single, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return &ConditionFailed{Old: single.Item}
	}
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return nil
	}
	for i, reason := range cancelled.CancellationReasons {
		if aws.ToString(reason.Code) == "ConditionalCheckFailed" {
			return &ConditionFailed{Index: i, Old: reason.Item}
		}
	}
	return nil
}

// isConflict reports whether the write failed only because of another write or a
// throttle.
func isConflict(err error) bool {
	if _, ok := errors.AsType[*types.TransactionConflictException](err); ok {
		return true
	}
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return false
	}
	for _, reason := range cancelled.CancellationReasons {
		switch aws.ToString(reason.Code) {
		case "None", "", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
		default:
			return false
		}
	}
	return true
}

// backoff is the wait between the tries of one operation: random, doubled each time, and
// bounded.
type backoff struct {
	tries, most int
	longest     time.Duration
}

const (
	maxTries = 10
	// maxRepeats is larger, because other calls are in the way, and not the database.
	maxRepeats = 100
	// maxRepeat is short, because a call that waits long loses to later calls.
	maxRepeat    = 100 * time.Millisecond
	firstBackoff = 10 * time.Millisecond
	// doublings exceed maxWait; more would come near the largest Duration.
	doublings = 8
)

func newBackoff() *backoff { return &backoff{most: maxTries, longest: maxWait} }

// wait waits before the next try. It fails as Unavailable with the cause if the tries or
// the caller's time are used up.
func (b *backoff) wait(ctx context.Context, cause error) error {
	b.tries++
	if b.tries >= b.most {
		return &livechat.Error{Kind: livechat.Unavailable, Err: fmt.Errorf("%d tries: %w", b.tries, cause)}
	}
	longest := min(firstBackoff<<min(b.tries, doublings), b.longest)
	if err := Pause(ctx, rand.N(longest)); err != nil {
		return &livechat.Error{Kind: livechat.Unavailable, Err: errors.Join(err, cause)}
	}
	return nil
}

// RetryConflicts retries f, which reads, decides and writes, while it fails with
// livechat.ErrConflict.
func RetryConflicts(ctx context.Context, f func() error) error {
	for b := (&backoff{most: maxRepeats, longest: maxRepeat}); ; {
		err := f()
		if !errors.Is(err, livechat.ErrConflict) {
			return err
		}
		if err := b.wait(ctx, err); err != nil {
			return err
		}
	}
}

// AsConflict returns livechat.ErrConflict for a failed condition, and err otherwise.
func AsConflict(err error) error {
	if _, failed := errors.AsType[*ConditionFailed](err); failed {
		return livechat.ErrConflict
	}
	return err
}
