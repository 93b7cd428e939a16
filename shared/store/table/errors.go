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

// fault wraps the error of a failed call. If the same call may succeed later, the result
// is of kind Unavailable.
func fault(op string, err error) error {
	err = fmt.Errorf("%s: %w", op, err)
	if isTransient(err) {
		return &livechat.Error{Kind: livechat.Unavailable, Err: err}
	}
	return err
}

// isTransient reports whether the same call may succeed later. It returns true for an
// ended context, and for any error that the SDK itself retries, such as a throttle, a
// database fault or a broken connection.
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

// cutOff makes the SDK retry after a truncated response, as it does after a broken
// connection.
var cutOff = retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
})
