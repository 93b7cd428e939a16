package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// Paced limits a client to unitsPerSecond read units, so that a full-table job does not
// starve the live service. Each read waits until the units of earlier reads have been
// spread over time at this rate.
func Paced(unitsPerSecond float64) func(*dynamodb.Options) {
	// DynamoDB counts in half units.
	halfUnits := rate.NewLimiter(rate.Limit(2*unitsPerSecond), 1)
	call := func(
		ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
	) (out smithy.InitializeOutput, metadata smithy.Metadata, err error) {
		if !countUnits(in.Parameters) {
			return next.HandleInitialize(ctx, in)
		}
		// Waiting for 0 tokens waits until the reserved ones are paid.
		if err := halfUnits.WaitN(ctx, 0); err != nil {
			return out, metadata, err
		}
		out, metadata, err = next.HandleInitialize(ctx, in)
		for range int(2 * unitsOf(out.Result)) {
			halfUnits.Reserve()
		}
		return out, metadata, err
	}
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("Pace", call), smithy.After)
	})
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
