package surveys

import (
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Comments returns a page of at most limit comments about rooms that were closed on the
// days from and to, latest closed first. It also returns the position at which the page
// ends, or an empty string if there are no more comments. To read the next page, pass the
// position as after.
func (s *Records) Comments(ctx context.Context, from, to, after string, limit int) ([]livechat.Comment, string, error) {
	var comments []livechat.Comment
	last := ""
	for month := to[:len("2006-01")]; month >= from[:len("2006-01")]; month = layout.MonthBefore(month) {
		end := to + "#\U0010ffff"
		if after != "" {
			end = min(end, after)
		}
		in := table.Partition{PK: layout.CommentsPartition(month), From: from, To: end}
		for page := (table.Page{}); ; {
			// Read two more comments: the comment at the position after is read again,
			// and one further comment shows whether there is a next page.
			var err error
			if page, err = s.table.QueryLatest(ctx, in, limit-len(comments)+2, page.Next); err != nil {
				return nil, "", fmt.Errorf("comments: %w", err)
			}
			for _, item := range page.Items {
				key := item.Key().SK
				if key == after {
					continue
				}
				if len(comments) == limit {
					return comments, last, nil
				}
				var comment livechat.Comment
				if err := item.Decode(&comment); err != nil {
					return nil, "", err
				}
				comments, last = append(comments, comment), key
			}
			if page.Next == nil {
				break
			}
		}
	}
	return comments, "", nil
}
