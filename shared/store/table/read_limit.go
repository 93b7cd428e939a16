package table

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
)

// Paced limits a client to unitsPerSecond read units, so that a full-table job does not
// starve the live service. Each read waits until the units of earlier reads have been
// spread over time at this rate.
func Paced(unitsPerSecond float64) func(*dynamodb.Options) {
	p := &pace{perUnit: time.Duration(float64(time.Second) / unitsPerSecond)}
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("Pace", p.call), smithy.After)
	})
}

type pace struct {
	perUnit time.Duration

	lock sync.Mutex
	// paid is the time at which the next read may start.
	paid time.Time
}

func (p *pace) call(
	ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
) (out smithy.InitializeOutput, metadata smithy.Metadata, err error) {
	if !countUnits(in.Parameters) {
		return next.HandleInitialize(ctx, in)
	}
	if err := p.wait(ctx); err != nil {
		return out, metadata, err
	}
	out, metadata, err = next.HandleInitialize(ctx, in)
	p.pay(unitsOf(out.Result))
	return out, metadata, err
}

func (p *pace) wait(ctx context.Context) error {
	p.lock.Lock()
	wait := time.Until(p.paid)
	p.lock.Unlock()
	return Pause(ctx, wait)
}

func (p *pace) pay(units float64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if now := time.Now(); p.paid.Before(now) {
		p.paid = now
	}
	p.paid = p.paid.Add(time.Duration(units * float64(p.perUnit)))
}

// countUnits makes a read return its consumed capacity. It returns false if the call is
// not a read.
func countUnits(input any) bool {
	const total = types.ReturnConsumedCapacityTotal
	switch in := input.(type) {
	case *dynamodb.ScanInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = total
	default:
		return false
	}
	return true
}

func unitsOf(output any) float64 {
	var all []types.ConsumedCapacity
	one := func(c *types.ConsumedCapacity) {
		if c != nil {
			all = append(all, *c)
		}
	}
	switch out := output.(type) {
	case *dynamodb.ScanOutput:
		one(out.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		one(out.ConsumedCapacity)
	case *dynamodb.GetItemOutput:
		one(out.ConsumedCapacity)
	case *dynamodb.BatchGetItemOutput:
		all = out.ConsumedCapacity
	}
	units := 0.0
	for _, c := range all {
		units += aws.ToFloat64(c.CapacityUnits)
	}
	return units
}
