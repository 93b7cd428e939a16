package storetest

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	smithy "github.com/aws/smithy-go/middleware"
)

// Chain counts round trips: calls that run one after another. Concurrent calls count
// once. Its zero value is ready to use.
type Chain struct {
	mu              sync.Mutex
	trips, finished int
}

// Count is a client option that counts the client's calls.
func (c *Chain) Count(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("Chain", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			c.mu.Lock()
			depth := c.finished + 1
			c.trips = max(c.trips, depth)
			c.mu.Unlock()
			out, metadata, err := next.HandleInitialize(ctx, in)
			c.mu.Lock()
			c.finished = max(c.finished, depth)
			c.mu.Unlock()
			return out, metadata, err
		}), smithy.After)
	})
}

// Trips returns the round trips so far.
func (c *Chain) Trips() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trips
}
