package store

import (
	"hash/fnv"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DueShards is how many parts the index of what is due has: each takes a
// thousand writes a second.
const DueShards = 8

func dueShard(n int) string { return "DUE#" + strconv.Itoa(n) }

func shardOf(rid string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(rid)) // never fails
	return int(h.Sum32() % DueShards)
}

// surveyItem returns the survey as the next version of its item.
func surveyItem(s livechat.Survey) (table.Item, error) {
	further := table.Values{indexKey: indexClosed(s.ClosedOn), "version": s.Version + 1}
	switch {
	case s.State == livechat.SurveyFailed:
		further[dueIndexPK], further[dueIndexSK] = dueDead, s.ClosedAt.String()
	case s.DueAt != 0:
		further[dueIndexPK], further[dueIndexSK] = dueShard(shardOf(s.RoomID)), s.DueAt.String()
	}
	return table.NewItem(surveyKey(s.RoomID), s, further)
}

// replaceSurvey writes the survey in the place of what it was computed from.
func replaceSurvey(s livechat.Survey) (table.Write, error) {
	item, err := surveyItem(s)
	return table.Write{Put: item, If: ifUnchanged, Values: table.Values{":version": s.Version}}, err
}

// surveyedRooms are the rooms whose surveys stand under the keys.
func surveyedRooms(keys []table.Key) []string {
	rooms := make([]string, len(keys))
	for i, key := range keys {
		rooms[i] = strings.TrimPrefix(key.PK, surveyKey("").PK)
	}
	return rooms
}

func decodeSurvey(item table.Item) (livechat.Survey, error) {
	var survey livechat.Survey
	err := item.Decode(&survey)
	survey.Version = version(item)
	return survey, err
}

// commentWrite returns the write of what the visitor wrote, if anything.
func commentWrite(s livechat.Survey, all livechat.Answers) ([]table.Write, error) {
	comment := s.Comment(all)
	if comment == nil {
		return nil, nil
	}
	item, err := table.NewItem(commentKey(s.ClosedOn, s.ClosedAt, s.RoomID), comment, nil)
	return []table.Write{{Put: item}}, err
}
