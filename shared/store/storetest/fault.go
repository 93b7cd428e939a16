package storetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
)

// Fail makes the next calls of the operation, as many as times, fail with err
// before they reach the database: the faults that DynamoDB Local never has.
// It counts the calls that were made in all.
func Fail(operation string, times int64, err error, calls *atomic.Int64) func(*dynamodb.Options) {
	return onCall(operation, func() error {
		if calls.Add(1) <= times {
			return err
		}
		return nil
	})
}

// Before runs f before each call of the operation.
func Before(operation string, f func()) func(*dynamodb.Options) {
	return onCall(operation, func() error { f(); return nil })
}

// onCall runs f before each call of the operation, which fails as f does.
func onCall(operation string, f func() error) func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("OnCall", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			if smithy.GetOperationName(ctx) == operation {
				if err := f(); err != nil {
					return smithy.InitializeOutput{}, smithy.Metadata{}, err
				}
			}
			return next.HandleInitialize(ctx, in)
		}), smithy.After)
	})
}

// Cancelled is the error of a transaction that was cancelled for the reasons.
func Cancelled(reasons ...string) error {
	cancelled := &types.TransactionCanceledException{}
	for _, r := range reasons {
		cancelled.CancellationReasons = append(cancelled.CancellationReasons, types.CancellationReason{Code: aws.String(r)})
	}
	return cancelled
}

// LoseAnswer has the next calls of the operation, as many as times, done by the
// database, and loses their answers on the way back.
func LoseAnswer(operation string, times int64) func(*dynamodb.Options) {
	return spoil(operation, times, func(answer *http.Response) (*http.Response, error) {
		return nil, errors.Join(errors.New("connection reset by peer"), answer.Body.Close())
	})
}

// CutAnswer has the next calls of the operation, as many as times, done by the
// database, and their answers end in the middle.
func CutAnswer(operation string, times int64) func(*dynamodb.Options) {
	return spoil(operation, times, func(answer *http.Response) (*http.Response, error) {
		answer.Body = cut{answer.Body, io.LimitReader(answer.Body, answer.ContentLength/2)}
		return answer, nil
	})
}

// spoil changes the answers of the next calls of the operation, as many as times.
func spoil(operation string, times int64, change func(*http.Response) (*http.Response, error)) func(*dynamodb.Options) {
	var calls atomic.Int64
	return func(o *dynamodb.Options) {
		client := o.HTTPClient
		o.HTTPClient = clientFunc(func(r *http.Request) (*http.Response, error) {
			answer, err := client.Do(r)
			if err == nil && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+operation) && calls.Add(1) <= times {
				return change(answer)
			}
			return answer, err
		})
	}
}

// cut is a body of which a part comes.
type cut struct {
	io.Closer
	part io.Reader
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.part.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }
