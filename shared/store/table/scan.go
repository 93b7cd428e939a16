package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// scanned limits the items of a page of a scan, so that they fit into memory with what is
// read for each of them.
const scanned = int32(250)

// Scan calls f for each page of the whole table, until f fails. It reads eventually: it
// may miss a write of a moment ago.
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
