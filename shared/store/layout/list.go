package layout

import (
	"hash/fnv"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// One partition key takes a thousand writes a second, of the table or of an index.
// The keys that all chats share are sharded, so that no key takes more than a
// quarter of a write for a chat.
const (
	// openShards is for two writes a chat: a room comes and goes.
	openShards = 8
	// onceShards is for one write a chat.
	onceShards = 4
	// DueShards is for a survey's deadlines.
	DueShards = 8
)

const (
	listOpen   = "ROOMS#OPEN"
	listClosed = "ROOMS#CLOSED#"
	listDue    = "DUE"
)

// An Aged list has, by month, what is kept for a time only.
type Aged string

// The aged lists: visitors by their registration, answers and audit entries by
// their time.
const (
	AgedVisitors Aged = "VISITORS#"
	AgedAnswers  Aged = "ANSWERS#"
	AgedAudit    Aged = "AUDIT#"
)

// IndexKeys are those of what the list has.
func (a Aged) IndexKeys(t livechat.Time, id string) table.Values {
	return table.Values{TimeIndexPK: shard(string(a)+Month(t), id, onceShards), TimeIndexSK: t.String() + "#" + id}
}

// Shards are the index keys of the list's month.
func (a Aged) Shards(month string) []string { return shards(string(a)+month, onceShards) }

// OpenShards are the index keys of the list of open rooms, by when they were
// opened.
func OpenShards() []string { return shards(listOpen, openShards) }

// ClosedShards are the index keys of the list of rooms closed in a month, by when
// they were closed.
func ClosedShards(month string) []string { return shards(listClosed+month, onceShards) }

// ListPartition is the index key of the list that has the room.
func ListPartition(r livechat.Room) string {
	if r.Open {
		return shard(listOpen, r.ID, openShards)
	}
	return shard(listClosed+Month(r.ClosedAt), r.ID, onceShards)
}

// ListSort orders open rooms by when they were opened, closed rooms by when they
// were closed.
func ListSort(r livechat.Room) string {
	if r.Open {
		return r.OpenedAt.String() + "#" + r.ID
	}
	return r.ClosedAt.String() + "#" + r.ID
}

// IndexClosed is the index key of the survey of a room that was closed on a day.
func IndexClosed(day, rid string) string { return shard("CLOSED#"+day, rid, onceShards) }

// ClosedOnShards are the index keys of all surveys of a day.
func ClosedOnShards(day string) []string { return shards("CLOSED#"+day, onceShards) }

// DueShard is an index key of the surveys for which something is due.
func DueShard(n int) string { return listDue + "#" + strconv.Itoa(n) }

// OpeningsKey is the key of the item that counts the rooms which are opened in the
// second of now and share a shard of the list with the room.
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

// ListProjection are the attributes that the index of lists has next to keys: what
// rooms are filtered and sorted by, but for what changes with every message.
var ListProjection = []string{"servedBy", "departmentId", "fname", "tags", "ts"}

// DecodeListed returns what a list item tells of a room: who serves it, where it
// belongs, its name, its tags and when it was opened and closed.
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

// ListTime is the time in a list's sort key.
func ListTime(sort string) (livechat.Time, error) {
	text, _, _ := strings.Cut(sort, "#")
	var t livechat.Time
	err := t.UnmarshalText([]byte(text))
	return t, err
}
