package surveys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// mailsAfterlife is the time for which the count of a day's mails is kept.
const mailsAfterlife = 72 * time.Hour

// ReserveMails reserves n more survey mails for the UTC day of now, or fewer if n would
// exceed the limit. It returns the number of mails it reserved, and the number reserved
// on the day so far. The count is exact across all processes, so it never exceeds the
// limit.
func (s *Records) ReserveMails(ctx context.Context, now livechat.Time, n, limit int) (reserved, counted int, err error) {
	var day struct {
		Mails int `json:"mails"`
	}
	for n = min(n, limit); ; n = min(n, limit-day.Mails) {
		if n <= 0 {
			return 0, day.Mails, nil
		}
		item, err := s.table.Update(ctx, layout.MailsKey(now), table.Update{
			Expression: "ADD mails :n SET " + layout.FieldExpiry + " = :expires",
			If:         "attribute_not_exists(mails) OR mails <= :room",
			Values:     table.Values{":n": n, ":room": limit - n, ":expires": layout.Seconds(now.Add(mailsAfterlife))},
		})
		failed, full := errors.AsType[*table.ConditionFailed](err)
		if full {
			item = failed.Old
		} else if err != nil {
			return 0, 0, fmt.Errorf("reserve mails: %w", err)
		}
		if err := item.Decode(&day); err != nil {
			return 0, 0, err
		}
		if !full {
			return n, day.Mails, nil
		}
	}
}
