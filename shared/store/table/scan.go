package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// scanned limits the items per page of a scan, so that a page fits into memory together
// with the data that a caller reads for each item.
const scanned = int32(250)

// Scan calls f for each page of the whole table, until f fails. Its reads are eventually
// consistent, so it may miss very recent writes.
func (t *Table) Scan(ctx context.Context, f func([]Item) error) error {
	limit := scanned
	pages := dynamodb.NewScanPaginator(t.api, &dynamodb.ScanInput{TableName: &t.name, Limit: &limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fault("scan", err)
		}
		items := make([]Item, len(page.Items))
		for i, item := range page.Items {
			items[i] = item
		}
		if err := f(items); err != nil {
			return err
		}
	}
	return nil
}
