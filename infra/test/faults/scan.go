package faults

import (
	"context"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// roomKeys holds the keys of each room, by room id, and the open rooms of each visitor.
type roomKeys struct {
	rooms map[string][]table.Key
	open  map[string][]string // room ids by the visitor's partition key
}

// openRooms returns the ids of a visitor's open rooms in the table.
func (k roomKeys) openRooms(token string) []string { return k.open[layout.VisitorPartition(token)] }

// scan reads the whole table.
func (s *System) scan(ctx context.Context) (roomKeys, error) {
	found := roomKeys{map[string][]table.Key{}, map[string][]string{}}
	client := table.Emulator(s.endpoint, func(o *dynamodb.Options) { o.HTTPClient = http.DefaultClient })
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
		TableName: &s.name, ConsistentRead: aws.Bool(true),
		ProjectionExpression: aws.String("PK, SK, GSI1PK"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return found, err
		}
		for _, raw := range page.Items {
			item := table.Item(raw)
			rid, isRoom := strings.CutPrefix(item.Text("GSI1PK"), "ROOM#")
			key := item.Key()
			if !isRoom || !strings.HasPrefix(key.PK, "VISITOR#") {
				continue
			}
			found.rooms[rid] = append(found.rooms[rid], key)
			if key.SK == "OPEN" {
				found.open[key.PK] = append(found.open[key.PK], rid)
			}
		}
	}
	return found, nil
}
