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

// untilNoConflict calls write and retries it while it conflicts with a concurrent
// transaction. A conflicting write has no effect, and the SDK does not retry it. A failed
// condition is not retried, but returned as ConditionFailed.
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

// isConflict reports whether the write failed only because of a concurrent write or a
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

// backoff computes the waits between the tries of one operation. Each wait is random. Its
// maximum doubles with each try, up to longest.
type backoff struct {
	tries, most int
	longest     time.Duration
}

const (
	maxTries = 10
	// maxRepeats is larger than maxTries, because RetryConflicts competes with other
	// calls, while the database itself works.
	maxRepeats = 100
	// maxRepeat is short, because a call that waits longer keeps losing to later calls.
	maxRepeat    = 100 * time.Millisecond
	firstBackoff = 10 * time.Millisecond
	// doublings limits the exponent, because a larger one could overflow Duration. The
	// wait reaches maxWait earlier.
	doublings = 8
)

func newBackoff() *backoff { return &backoff{most: maxTries, longest: maxWait} }

// wait waits before the next try. It fails as Unavailable, wrapping the cause, if the
// tries are used up or ctx ends.
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

// RetryConflicts calls f, which reads, decides and writes, until f returns something
// other than livechat.ErrConflict.
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

// AsConflict returns livechat.ErrConflict if err is a ConditionFailed, and err otherwise.
func AsConflict(err error) error {
	if _, failed := errors.AsType[*ConditionFailed](err); failed {
		return livechat.ErrConflict
	}
	return err
}
