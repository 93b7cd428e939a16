package faults

import (
	"context"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat/shared/store/table"
)

// places are the keys under which the table has each room, by the room's id, and
// the tokens whose open rooms they are.
type places struct {
	rooms map[string][]table.Key
	open  map[string][]string // room ids by token
}

// scan reads the whole table.
func (s *System) scan(ctx context.Context) (places, error) {
	found := places{map[string][]table.Key{}, map[string][]string{}}
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
			token, isVisitors := strings.CutPrefix(item.Key().PK, "VISITOR#")
			if !isRoom || !isVisitors {
				continue
			}
			found.rooms[rid] = append(found.rooms[rid], item.Key())
			if item.Key().SK == "OPEN" {
				found.open[token] = append(found.open[token], rid)
			}
		}
	}
	return found, nil
}
