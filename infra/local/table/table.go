// Package table gives the local database a table as the template declares it. It creates
// tables, adds indexes and enables the time-to-live. It does not touch items.
package table

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/infra/local/template"
	store "livechat/shared/store/table"
)

// Ensure creates the table, or updates an existing one. It fails if the table cannot be
// changed into the declared one.
func Ensure(ctx context.Context, endpoint string, want template.Table) error {
	s := schema{db: store.Emulator(endpoint), want: want}
	err := s.ensure(ctx)
	if err != nil {
		return fmt.Errorf("table %s: %w", aws.ToString(want.CreateInput.TableName), err)
	}
	return nil
}

type schema struct {
	db   *dynamodb.Client
	want template.Table
}

func (s schema) ensure(ctx context.Context) error {
	have, err := s.describe(ctx)
	var absent *types.ResourceNotFoundException
	if errors.As(err, &absent) {
		have, err = s.create(ctx)
	}
	if err != nil {
		return err
	}
	if err := s.compare(have); err != nil {
		return err
	}
	if err := s.addIndexes(ctx, have); err != nil {
		return err
	}
	return s.enableTTL(ctx)
}

func (s schema) describe(ctx context.Context) (*types.TableDescription, error) {
	out, err := s.db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: s.want.CreateInput.TableName})
	if err != nil {
		return nil, fmt.Errorf("describe: %w", err)
	}
	return out.Table, nil
}

func (s schema) create(ctx context.Context) (*types.TableDescription, error) {
	_, err := s.db.CreateTable(ctx, s.want.CreateInput)
	// Another cloud on the same database may have created the table first.
	var exists *types.ResourceInUseException
	if err != nil && !errors.As(err, &exists) {
		return nil, fmt.Errorf("create: %w", err)
	}
	return s.awaitActive(ctx)
}

// compare refuses differences that no update can remove.
func (s schema) compare(have *types.TableDescription) error {
	if !reflect.DeepEqual(have.KeySchema, s.want.CreateInput.KeySchema) {
		return fmt.Errorf("its keys differ from the template's: %s", remedy)
	}
	for _, index := range have.GlobalSecondaryIndexes {
		for _, wanted := range s.want.CreateInput.GlobalSecondaryIndexes {
			if aws.ToString(index.IndexName) == aws.ToString(wanted.IndexName) && !sameProjection(index.Projection, wanted.Projection) {
				return fmt.Errorf("its index %s projects other attributes than the template's: %s", *index.IndexName, remedy)
			}
		}
	}
	return nil
}

func sameProjection(a, b *types.Projection) bool {
	return a.ProjectionType == b.ProjectionType &&
		slices.Equal(slices.Sorted(slices.Values(a.NonKeyAttributes)), slices.Sorted(slices.Values(b.NonKeyAttributes)))
}

const remedy = "the data folder belongs to another version; set another DATA (default .local), or FRESH=1 for a database in memory"

func (s schema) enableTTL(ctx context.Context) error {
	if s.want.TTL == "" {
		return nil
	}
	out, err := s.db.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: s.want.CreateInput.TableName})
	if err != nil {
		return fmt.Errorf("describe time to live: %w", err)
	}
	if aws.ToString(out.TimeToLiveDescription.AttributeName) == s.want.TTL {
		return nil
	}
	_, err = s.db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: s.want.CreateInput.TableName,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: aws.String(s.want.TTL), Enabled: aws.Bool(true),
		},
	})
	if err != nil {
		return fmt.Errorf("enable time to live: %w", err)
	}
	return nil
}

// awaitActive polls until the table and its indexes are active.
func (s schema) awaitActive(ctx context.Context) (*types.TableDescription, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("not active within a minute"))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		have, err := s.describe(ctx)
		if err != nil {
			return nil, err
		}
		if active(have) {
			return have, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func active(have *types.TableDescription) bool {
	for _, i := range have.GlobalSecondaryIndexes {
		if i.IndexStatus != types.IndexStatusActive {
			return false
		}
	}
	return have.TableStatus == types.TableStatusActive
}
