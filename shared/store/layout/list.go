package layout

import (
	"hash/fnv"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// A partition key takes a thousand writes a second, in the table or in an index. The keys
// that all chats share are sharded, so that no key takes more than a quarter of a write
// per chat.
const (
	// openShards is for two writes per chat: a room is added and removed.
	openShards = 8
	// onceShards is for one write per chat.
	onceShards = 4
	// DueShards is for the deadlines of surveys.
	DueShards = 8
)

const (
	listOpen   = "ROOMS#OPEN"
	listClosed = "ROOMS#CLOSED#"
	listDue    = "DUE"
)

// An Aged list holds, by month, data that is kept for a limited time.
type Aged string

// The aged lists: visitors by registration time, answers and audit entries by their time.
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

// OpenShards returns the index keys of the list of open rooms, which is in the order of
// opening.
func OpenShards() []string { return shards(listOpen, openShards) }

// ClosedShards returns the index keys of the list of rooms closed in a month, which is in
// the order of closing.
func ClosedShards(month string) []string { return shards(listClosed+month, onceShards) }

// ListPartition returns the index key of the list that contains the room.
func ListPartition(r livechat.Room) string {
	if r.Open {
		return shard(listOpen, r.ID, openShards)
	}
	return shard(listClosed+Month(r.ClosedAt), r.ID, onceShards)
}

// ListSort sorts open rooms by opening time, closed rooms by closing time.
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

// OpeningsKey is the key of the counter of the rooms that are opened in the second of now
// and share the room's shard of the list.
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

// ListProjection lists the attributes that the time index projects in addition to keys:
// those by which rooms are filtered and sorted, except those that change with every
// message.
var ListProjection = []string{"servedBy", "departmentId", "fname", "tags", "ts"}

// DecodeListed returns the room with the attributes of a list item: its agent,
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
