package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"livechat/shared/livechat"
)

// fault returns the error of a call that failed: of kind Unavailable when the
// same call may succeed later, as it is when it may not.
func fault(op string, err error) error {
	err = fmt.Errorf("%s: %w", op, err)
	if isTransient(err) {
		return &livechat.Error{Kind: livechat.Unavailable, Err: err}
	}
	return err
}

// isTransient reports whether time mends the error: a deadline that ran out, or
// whatever the SDK itself would have tried again, such as a throttle, a fault
// of the database's, a broken connection.
func isTransient(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true
	}
	if _, ok := errors.AsType[*retry.MaxAttemptsError](err); ok {
		return true
	}
	return retryable.IsErrorRetryable(err) == aws.TrueTernary
}

var retryable = retry.IsErrorRetryables(append(slices.Clone(retry.DefaultRetryables), cutOff))

// cutOff takes an answer that ends in the middle for the broken connection that it
// is, which the SDK by itself does not.
var cutOff = retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
})
