package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// scanned is how many items a page of a scan has at most: few enough to be held at
// once with what is read beside each.
const scanned = int32(250)

// Scan calls f for each page of all that the table has, and ends when f fails. It
// reads as an index does: for a moment after a write it may miss it.
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
