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

// mailsAfterlife is how long the count of a day's mails is kept.
const mailsAfterlife = 72 * time.Hour

// ReserveMails reserves n more survey mails on the day of now, in UTC, or as many as the
// limit leaves. It returns the number reserved, and the day's count including them. It is
// exact over all processes: a day never has more reserved mails than the limit.
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
