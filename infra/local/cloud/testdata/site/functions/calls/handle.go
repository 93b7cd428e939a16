package main

import (
	"context"
	"os"
	"sync"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	table = aws.String(os.Getenv("TABLE_NAME"))
	key   = map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "seed"}}
	db    = dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")),
		Region:       os.Getenv("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
)

func handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (any, error) {
	switch e.PathParameters["name"] {
	case "chain":
		for range 3 {
			if err := get(ctx); err != nil {
				return nil, err
			}
		}
	case "side by side":
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _ = get(ctx) })
		}
		all.Wait()
	case "forbidden":
		_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: key})
		return map[string]string{"error": err.Error()}, nil
	case "seed":
		out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key})
		if err != nil {
			return nil, err
		}
		return map[string]int{"members": len(out.Item)}, nil
	}
	return map[string]int64{"timeEpoch": e.RequestContext.TimeEpoch}, nil
}

func get(ctx context.Context) error {
	_, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key})
	return err
}
