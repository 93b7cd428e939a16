package surveys

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// DueShards returns the number of shards of the list of due surveys.
func (s *Records) DueShards() int { return layout.DueShards }

// DuePage is the maximum number of rooms that DueSurveys returns.
const DuePage = 100

// DueSurveys returns a page of the ids of rooms in a shard whose surveys are due now,
// longest due first. It also returns the cursor of the next page, or nil if there is
// none. The index lags, so a returned room's survey may no longer be due.
func (s *Records) DueSurveys(
	ctx context.Context,
	shard int,
	now livechat.Time,
	from livechat.DueCursor,
) ([]string, livechat.DueCursor, error) {
	return s.dueRooms(ctx, layout.DueShard(shard), now.String(), from)
}

// DeadSurveys returns a page of the ids of rooms whose surveys could not be delivered,
// and the cursor of the next page, or nil if there is none.
func (s *Records) DeadSurveys(ctx context.Context, from livechat.DueCursor) ([]string, livechat.DueCursor, error) {
	return s.dueRooms(ctx, layout.DueDead, "\U0010ffff", from)
}

func (s *Records) dueRooms(ctx context.Context, value, to string, from livechat.DueCursor) ([]string, livechat.DueCursor, error) {
	last, _ := from.(table.Item)
	page, err := s.table.QueryRange(ctx, table.Range{
		Index: layout.TimeIndex, PK: layout.TimeIndexPK, SK: layout.TimeIndexSK, Value: value, To: to,
	}, DuePage, last)
	if err != nil {
		return nil, nil, fmt.Errorf("due surveys: %w", err)
	}
	rooms := layout.SurveyedRooms(page.Keys())
	if page.Next == nil {
		return rooms, nil, nil
	}
	return rooms, page.Next, nil
}

// Survey returns the survey of a room, or nil if there is none.
func (s *Records) Survey(ctx context.Context, rid string) (*livechat.Survey, error) {
	item, err := s.table.Get(ctx, layout.SurveyKey(rid))
	if err != nil {
		return nil, fmt.Errorf("survey: %w", err)
	}
	return layout.DecodeOptionalSurvey(item)
}

// Surveys returns the surveys of the rooms. It skips rooms without a survey.
func (s *Records) Surveys(ctx context.Context, rooms []string) ([]livechat.Survey, error) {
	var surveys []livechat.Survey
	for batch := range slices.Chunk(rooms, table.MaxKeys) {
		keys := make([]table.Key, len(batch))
		for i, rid := range batch {
			keys[i] = layout.SurveyKey(rid)
		}
		items, err := s.table.BatchGet(ctx, keys...)
		if err != nil {
			return nil, fmt.Errorf("surveys: %w", err)
		}
		for _, key := range keys {
			if items[key] == nil {
				continue
			}
			survey, err := layout.DecodeSurvey(items[key])
			if err != nil {
				return nil, err
			}
			surveys = append(surveys, survey)
		}
	}
	return surveys, nil
}

// recipientKeys is the number of items that Recipients reads for each survey.
const recipientKeys = 3

// Recipients returns the recipient of each survey, in the surveys' order.
func (s *Records) Recipients(ctx context.Context, surveys []livechat.Survey) ([]livechat.Recipient, error) {
	var all []livechat.Recipient
	for batch := range slices.Chunk(surveys, table.MaxKeys/recipientKeys) {
		recipients, err := s.recipients(ctx, batch)
		if err != nil {
			return nil, fmt.Errorf("visitors of surveys: %w", err)
		}
		all = append(all, recipients...)
	}
	return all, nil
}

func (s *Records) recipients(ctx context.Context, surveys []livechat.Survey) ([]livechat.Recipient, error) {
	known := map[table.Key]bool{} // a visitor can have several surveys
	var keys []table.Key
	for _, survey := range surveys {
		if survey.Visitor == nil {
			continue
		}
		token := survey.Visitor.Token
		for _, key := range []table.Key{layout.ProfileKey(token), layout.OpenKey(token), layout.AskedKey(token)} {
			if !known[key] {
				known[key] = true
				keys = append(keys, key)
			}
		}
	}
	items, err := s.table.BatchGet(ctx, keys...)
	if err != nil {
		return nil, err
	}
	recipients := make([]livechat.Recipient, len(surveys))
	for i, survey := range surveys {
		if recipients[i], err = recipientIn(items, survey); err != nil {
			return nil, err
		}
	}
	return recipients, s.MarkNoMail(ctx, recipients)
}

func recipientIn(items map[table.Key]table.Item, survey livechat.Survey) (livechat.Recipient, error) {
	var recipient livechat.Recipient
	if survey.Visitor == nil {
		return recipient, nil
	}
	token := survey.Visitor.Token
	profile := items[layout.ProfileKey(token)]
	if profile == nil {
		return recipient, nil
	}
	visitor, err := layout.DecodeVisitor(profile)
	// Another visitor may have registered with the same token later.
	if err != nil || visitor.ID != survey.Visitor.ID {
		return recipient, err
	}
	recipient.Visitor = &visitor
	recipient.HasOpenRoom = layout.HasRoom(items[layout.OpenKey(token)])
	return recipient, items[layout.AskedKey(token)].Decode(&recipient.LastAsked)
}

// MarkNoMail sets NoMail of the recipients to whose address no more surveys are sent.
func (s *Records) MarkNoMail(ctx context.Context, recipients []livechat.Recipient) error {
	keyOf := func(a livechat.Recipient) (table.Key, bool) {
		if a.Visitor == nil || len(a.Visitor.Emails) == 0 {
			return table.Key{}, false
		}
		return layout.UnsubscribedKey(livechat.AddressHash(a.Visitor.Emails[0].Address)), true
	}
	var keys []table.Key
	for _, a := range recipients {
		if key, mailed := keyOf(a); mailed && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	items, err := s.table.BatchGet(ctx, keys...)
	if err != nil {
		return err
	}
	for i, a := range recipients {
		key, mailed := keyOf(a)
		if !mailed || items[key] == nil {
			continue
		}
		var end livechat.MailsEnd
		if err := items[key].Decode(&end); err != nil {
			return err
		}
		recipients[i].NoMailReason = end.SkipReason()
	}
	return nil
}

// SaveSurvey writes a changed survey. It fails with [livechat.ErrConflict] if the survey
// was changed since it was read.
func (s *Records) SaveSurvey(ctx context.Context, survey livechat.Survey) error {
	write, err := layout.ReplaceSurvey(survey)
	if err != nil {
		return err
	}
	err = s.table.Put(ctx, write.Put, write.If, write.Values)
	if failed, lost := errors.AsType[*table.ConditionFailed](err); lost {
		// The first write may have succeeded. If its answer was lost, the write was
		// retried.
		if reflect.DeepEqual(failed.Old, write.Put) {
			return nil
		}
		return livechat.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("save survey: %w", err)
	}
	return nil
}

// RedriveSurvey writes an undelivered survey that is due again. It marks the final
// figures of the survey's day as stale, so that they are recomputed.
func (s *Records) RedriveSurvey(ctx context.Context, survey livechat.Survey) error {
	stale, err := layout.StaleDayItem(survey.ClosedOn)
	if err != nil {
		return err
	}
	if err := s.table.Put(ctx, stale, "", nil); err != nil {
		return fmt.Errorf("redrive survey: %w", err)
	}
	return s.SaveSurvey(ctx, survey)
}

// ClaimSurvey writes a survey whose delivery begins, together with its link. It also
// records an invitation for the visitor. If notAfter is not zero, ClaimSurvey also records
// the invitation for the mail address, because anybody can register with another person's
// address. It then fails with [livechat.ErrAskedTooSoon] if the visitor or the address
// was surveyed about another room after notAfter.
func (s *Records) ClaimSurvey(ctx context.Context, survey livechat.Survey, link livechat.Link, now, notAfter livechat.Time) error {
	write, err := layout.ReplaceSurvey(survey)
	if err != nil {
		return err
	}
	linkItem, err := layout.LinkItem(link)
	if err != nil {
		return err
	}
	writes := []table.Write{write, {Put: linkItem}}
	if survey.Claim.Kind == livechat.Invitation {
		notes, err := askedNotes(survey, link, now, notAfter)
		if err != nil {
			return err
		}
		writes = append(writes, notes...)
	}
	err = s.table.Transact(ctx, writes...)
	failed, lost := errors.AsType[*table.ConditionFailed](err)
	switch {
	case !lost && err != nil:
		return fmt.Errorf("claim survey: %w", err)
	case !lost:
		return nil
	case failed.Index == 0:
		return livechat.ErrConflict
	default:
		return livechat.ErrAskedTooSoon
	}
}

// ReleaseSurvey writes a survey whose claimed delivery did not happen. In the same
// transaction it deletes the link with the hash, which was never sent. It fails with
// [livechat.ErrConflict] if the survey was changed since it was read.
func (s *Records) ReleaseSurvey(ctx context.Context, survey livechat.Survey, linkHash string) error {
	write, err := layout.ReplaceSurvey(survey)
	if err != nil {
		return err
	}
	key := layout.LinkKey(linkHash)
	err = s.table.Transact(ctx, write, table.Write{Delete: &key})
	if err := table.AsConflict(err); err != nil {
		return fmt.Errorf("release survey: %w", err)
	}
	return nil
}

// askedNotes returns the writes that record that the visitor and the address are surveyed
// now. The record for the address expires as soon as it no longer prevents a survey.
func askedNotes(survey livechat.Survey, link livechat.Link, now, notAfter livechat.Time) ([]table.Write, error) {
	asked := livechat.Asked{RoomID: survey.RoomID, At: now}
	visitor, err := table.NewItem(layout.AskedKey(survey.Visitor.Token), asked, nil)
	if err != nil || notAfter == 0 {
		return []table.Write{{Put: visitor}}, err
	}
	note := table.Write{
		Put: visitor, If: "attribute_not_exists(PK) OR rid = :rid OR #at <= :notAfter",
		Names: map[string]string{"#at": "at"}, Values: table.Values{":rid": survey.RoomID, ":notAfter": notAfter},
	}
	if link.Address == "" {
		return []table.Write{note}, nil
	}
	address := note
	address.Put, err = table.NewItem(
		layout.AskedAddressKey(link.Address),
		asked,
		table.Values{layout.FieldExpiry: layout.Seconds(now.Add(now.Sub(notAfter)))},
	)
	return []table.Write{note, address}, err
}
