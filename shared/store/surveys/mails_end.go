package surveys

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// EndMails stops survey mails to the address with the hash. If they were already stopped,
// it keeps the earlier reason, because an unsubscription says more than a bounce.
func (s *Records) EndMails(ctx context.Context, addressHash string, end livechat.MailsEnd) error {
	err := s.PutMailsEnd(ctx, addressHash, end, layout.IfAbsent)
	if _, ended := errors.AsType[*table.ConditionFailed](err); ended {
		return nil
	}
	if err != nil {
		return fmt.Errorf("end mails: %w", err)
	}
	return nil
}

// PutMailsEnd records that survey mails to the address with the hash are stopped, if the
// condition holds.
func (s *Records) PutMailsEnd(ctx context.Context, addressHash string, end livechat.MailsEnd, condition string) error {
	item, err := table.NewItem(layout.UnsubscribedKey(addressHash), end, nil)
	if err != nil {
		return err
	}
	return s.table.Put(ctx, item, condition, nil)
}

// MailsEnd returns the reason why survey mails to the address with the hash are stopped,
// or nil if they are not.
func (s *Records) MailsEnd(ctx context.Context, addressHash string) (*livechat.MailsEnd, error) {
	item, err := s.table.Get(ctx, layout.UnsubscribedKey(addressHash))
	if err != nil || item == nil {
		return nil, err
	}
	var end livechat.MailsEnd
	return &end, item.Decode(&end)
}

// AllowMails allows survey mails to the address with the hash again.
func (s *Records) AllowMails(ctx context.Context, addressHash string) error {
	return s.table.Delete(ctx, layout.UnsubscribedKey(addressHash), "", nil, nil)
}
