package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat/infra/local/demo"
	"livechat/infra/local/table"
	"livechat/infra/local/template"
	"livechat/shared/store"
	storetable "livechat/shared/store/table"
)

// seededStore creates the declared table, fills it with the demo data and a message of
// Ada, and returns a store that uses it.
func seededStore(ctx context.Context, endpoint string, declared template.Table) (*store.Store, error) {
	if err := table.Ensure(ctx, endpoint, declared); err != nil {
		return nil, err
	}
	db := store.New(storetable.New(storetable.Emulator(endpoint), *declared.CreateInput.TableName))
	if err := demo.Seed(ctx, db); err != nil {
		return nil, err
	}
	if err := postAsAda(ctx, db, adasMessage); err != nil {
		return nil, err
	}
	return db, nil
}

// drop deletes the table, because the database may keep running after the benchmark.
func drop(ctx context.Context, endpoint string, declared template.Table) error {
	_, err := storetable.Emulator(endpoint).DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: declared.CreateInput.TableName})
	if err != nil {
		return fmt.Errorf("remove table %s: %w", *declared.CreateInput.TableName, err)
	}
	return nil
}
