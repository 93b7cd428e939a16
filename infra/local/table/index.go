package table

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// addIndexes creates missing global indexes one after another, because DynamoDB accepts
// one per update. Indexes that the template has dropped may stay.
func (s schema) addIndexes(ctx context.Context, have *types.TableDescription) error {
	for _, want := range s.want.CreateInput.GlobalSecondaryIndexes {
		name := aws.ToString(want.IndexName)
		existing := find(have.GlobalSecondaryIndexes, name)
		if existing == nil {
			if err := s.addIndex(ctx, want); err != nil {
				return fmt.Errorf("add the index %s: %w", name, err)
			}
			continue
		}
		if !reflect.DeepEqual(existing.KeySchema, want.KeySchema) ||
			existing.Projection.ProjectionType != want.Projection.ProjectionType {
			return fmt.Errorf("its index %s differs from the template's: %s", name, remedy)
		}
	}
	return nil
}

func (s schema) addIndex(ctx context.Context, want types.GlobalSecondaryIndex) error {
	_, err := s.db.UpdateTable(ctx, &dynamodb.UpdateTableInput{
		TableName:            s.want.CreateInput.TableName,
		AttributeDefinitions: s.want.CreateInput.AttributeDefinitions,
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: want.IndexName, KeySchema: want.KeySchema, Projection: want.Projection,
			},
		}},
	})
	if err != nil {
		return err
	}
	_, err = s.awaitActive(ctx)
	return err
}

func find(indexes []types.GlobalSecondaryIndexDescription, name string) *types.GlobalSecondaryIndexDescription {
	for i := range indexes {
		if aws.ToString(indexes[i].IndexName) == name {
			return &indexes[i]
		}
	}
	return nil
}
