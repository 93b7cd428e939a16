package layout

import (
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// SurveyItem returns the survey's item with the next version.
func SurveyItem(s livechat.Survey) (table.Item, error) {
	further := table.Values{IDIndexPK: IndexClosed(s.ClosedOn, s.RoomID), "version": s.Version + 1}
	switch {
	case s.State == livechat.SurveyFailed:
		further[TimeIndexPK], further[TimeIndexSK] = DueDead, s.ClosedAt.String()
	case s.DueAt != 0:
		further[TimeIndexPK], further[TimeIndexSK] = shard(listDue, s.RoomID, DueShards), s.DueAt.String()
	}
	return table.NewItem(SurveyKey(s.RoomID), s, further)
}

// ReplaceSurvey returns the write that replaces the stored survey with s, if its version
// is unchanged.
func ReplaceSurvey(s livechat.Survey) (table.Write, error) {
	item, err := SurveyItem(s)
	return table.Write{Put: item, If: IfUnchanged, Values: table.Values{":version": s.Version}}, err
}

// SurveyedRooms returns the room ids contained in the keys of surveys.
func SurveyedRooms(keys []table.Key) []string {
	rooms := make([]string, len(keys))
	for i, key := range keys {
		rooms[i] = strings.TrimPrefix(key.PK, SurveyKey("").PK)
	}
	return rooms
}

// DecodeSurvey is the inverse of SurveyItem.
func DecodeSurvey(item table.Item) (livechat.Survey, error) {
	var survey livechat.Survey
	err := item.Decode(&survey)
	survey.Version = Version(item)
	return survey, err
}

// CommentWrite returns the write of the visitor's comment, or nil if there is no comment.
func CommentWrite(s livechat.Survey, all livechat.Answers) ([]table.Write, error) {
	comment := s.Comment(all)
	if comment == nil {
		return nil, nil
	}
	item, err := table.NewItem(CommentKey(s.ClosedOn, s.ClosedAt, s.RoomID), comment, nil)
	return []table.Write{{Put: item}}, err
}

// DecodeOptionalSurvey decodes the item's survey. It returns nil for a nil item.
func DecodeOptionalSurvey(item table.Item) (*livechat.Survey, error) {
	if item == nil {
		return nil, nil
	}
	survey, err := DecodeSurvey(item)
	return &survey, err
}
