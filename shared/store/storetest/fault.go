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

// Fail makes the next times calls of the operation fail with err before they reach the
// database, to test faults that DynamoDB Local never has. calls counts all calls.
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

// onCall runs f before each call of the operation. If f fails, the call fails with its
// error.
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

// Cancelled returns the error of a transaction that was cancelled for the reasons.
func Cancelled(reasons ...string) error {
	cancelled := &types.TransactionCanceledException{}
	for _, r := range reasons {
		cancelled.CancellationReasons = append(cancelled.CancellationReasons, types.CancellationReason{Code: aws.String(r)})
	}
	return cancelled
}

// LoseAnswer lets the database do the next times calls of the operation, and loses their
// answers.
func LoseAnswer(operation string, times int64) func(*dynamodb.Options) {
	return spoil(operation, times, func(answer *http.Response) (*http.Response, error) {
		return nil, errors.Join(errors.New("connection reset by peer"), answer.Body.Close())
	})
}

// CutAnswer lets the database do the next times calls of the operation, and cuts their
// answers in the middle.
func CutAnswer(operation string, times int64) func(*dynamodb.Options) {
	return spoil(operation, times, func(answer *http.Response) (*http.Response, error) {
		answer.Body = cut{answer.Body, io.LimitReader(answer.Body, answer.ContentLength/2)}
		return answer, nil
	})
}

// spoil changes the answers of the next times calls of the operation.
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

// cut is a body that ends early.
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
