package layout

import (
	"hash/fnv"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DynamoDB accepts a thousand writes per second for a partition key, in the table or in
// an index. Keys that all chats share are sharded, so that a chat causes at most a
// quarter of a write per key.
const (
	// openShards is the number of shards for two writes per chat, as when a room is added
	// and removed.
	openShards = 8
	// onceShards is the number of shards for one write per chat.
	onceShards = 4
	// DueShards is the number of shards of the due surveys.
	DueShards = 8
)

const (
	listOpen   = "ROOMS#OPEN"
	listClosed = "ROOMS#CLOSED#"
	listDue    = "DUE"
)

// Aged is a list of the data of one kind that is kept for a limited time, divided into
// months.
type Aged string

// AgedVisitors is ordered by registration time. AgedAnswers and AgedAudit are ordered by
// the entries' times.
const (
	AgedVisitors Aged = "VISITORS#"
	AgedAnswers  Aged = "ANSWERS#"
	AgedAudit    Aged = "AUDIT#"
)

// IndexKeys returns the index keys of an item in the list.
func (a Aged) IndexKeys(t livechat.Time, id string) table.Values {
	return table.Values{TimeIndexPK: shard(string(a)+Month(t), id, onceShards), TimeIndexSK: t.String() + "#" + id}
}

// Shards returns the index keys of the list's month.
func (a Aged) Shards(month string) []string { return shards(string(a)+month, onceShards) }

// OpenShards returns the index keys of the list of open rooms, which is ordered by
// opening time.
func OpenShards() []string { return shards(listOpen, openShards) }

// ClosedShards returns the index keys of the list of rooms closed in a month, which is
// ordered by closing time.
func ClosedShards(month string) []string { return shards(listClosed+month, onceShards) }

// ListPartition returns the index key of the list that contains the room.
func ListPartition(r livechat.Room) string {
	if r.Open {
		return shard(listOpen, r.ID, openShards)
	}
	return shard(listClosed+Month(r.ClosedAt), r.ID, onceShards)
}

// ListSort returns the room's sort key in its list. Open rooms sort by opening time, and
// closed rooms by closing time.
func ListSort(r livechat.Room) string {
	if r.Open {
		return r.OpenedAt.String() + "#" + r.ID
	}
	return r.ClosedAt.String() + "#" + r.ID
}

// IndexClosed returns the index key of the survey of a room that was closed on a day.
func IndexClosed(day, rid string) string { return shard("CLOSED#"+day, rid, onceShards) }

// ClosedOnShards returns the index keys of all surveys of a day.
func ClosedOnShards(day string) []string { return shards("CLOSED#"+day, onceShards) }

// DueShard returns the index key of a shard of the due surveys.
func DueShard(n int) string { return listDue + "#" + strconv.Itoa(n) }

// OpeningsKey returns the key of the counter that counts the room when it is opened. All
// rooms that are opened in the second of now, and that are in the same shard of the list
// of open rooms, share the counter.
func OpeningsKey(rid string, now livechat.Time) table.Key {
	second := strconv.FormatInt(Seconds(now), 10)
	return table.Key{PK: shard("OPENINGS", rid, openShards) + "#" + second, SK: "OPENINGS"}
}

func shard(list, id string, of uint32) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return list + "#" + strconv.FormatUint(uint64(h.Sum32()%of), 10)
}

func shards(list string, of int) []string {
	var all []string
	for n := range of {
		all = append(all, list+"#"+strconv.Itoa(n))
	}
	return all
}

// ListProjection lists the attributes that the time index projects in addition to keys.
// Rooms are filtered and sorted by them. Attributes that change with every message are
// left out.
var ListProjection = []string{"servedBy", "departmentId", "fname", "tags", "ts"}

// DecodeListed returns the room of a list item. It sets only the room's id, state, agent,
// department, name, tags, and opening and closing times.
func DecodeListed(item table.Item) (livechat.Room, error) {
	var room livechat.Room
	if err := item.Decode(&room); err != nil {
		return room, err
	}
	_, room.ID, _ = strings.Cut(item.Text(TimeIndexSK), "#")
	room.Open = strings.HasPrefix(item.Text(TimeIndexPK), listOpen)
	var err error
	if !room.Open {
		room.ClosedAt, err = ListTime(item.Text(TimeIndexSK))
	}
	return room, err
}

// ListTime returns the time in a list's sort key.
func ListTime(sort string) (livechat.Time, error) {
	text, _, _ := strings.Cut(sort, "#")
	var t livechat.Time
	err := t.UnmarshalText([]byte(text))
	return t, err
}
