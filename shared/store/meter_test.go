package store_test

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
)

// meter adds up the capacity that calls consume, as the database reports it. DynamoDB
// Local counts a transaction once; AWS bills it twice.
type meter struct {
	lock        sync.Mutex
	read, write float64
	// transacted is the part of write that transactions wrote.
	transacted float64
}

func (m *meter) options() func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("meter", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			askForCapacity(in.Parameters)
			out, metadata, err := next.HandleInitialize(ctx, in)
			m.add(out.Result)
			return out, metadata, err
		}), smithy.After)
	})
}

func askForCapacity(call any) {
	const total = types.ReturnConsumedCapacityTotal
	switch c := call.(type) {
	case *dynamodb.GetItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.PutItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		c.ReturnConsumedCapacity = total
	}
}

func (m *meter) add(answer any) {
	m.lock.Lock()
	defer m.lock.Unlock()
	units := func(c *types.ConsumedCapacity) float64 {
		if c == nil {
			return 0
		}
		return aws.ToFloat64(c.CapacityUnits)
	}
	switch a := answer.(type) {
	case *dynamodb.GetItemOutput:
		m.read += units(a.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.read += units(a.ConsumedCapacity)
	case *dynamodb.BatchGetItemOutput:
		for i := range a.ConsumedCapacity {
			m.read += units(&a.ConsumedCapacity[i])
		}
	case *dynamodb.PutItemOutput:
		m.write += units(a.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.write += units(a.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		for i := range a.ConsumedCapacity {
			m.write += units(&a.ConsumedCapacity[i])
			m.transacted += units(&a.ConsumedCapacity[i])
		}
	}
}
