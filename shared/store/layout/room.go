package layout

import (
	"cmp"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// storedRoom is the stored form of a room. It leaves out values that nearly every room
// has, and adds members that are not on the wire. The item is kept small because every
// message rewrites it.
type storedRoom struct {
	livechat.Room
	Type                      string         `json:"t,omitempty"`
	Closed                    bool           `json:"cl,omitempty"`
	Default                   bool           `json:"default,omitempty"`
	ReadOnly                  bool           `json:"ro,omitempty"`
	SystemMessages            *bool          `json:"sysMes,omitempty"`
	PriorityWeight            *int           `json:"priorityWeight,omitempty"`
	EstimatedWaitingTimeQueue *int           `json:"estimatedWaitingTimeQueue,omitempty"`
	LastMessage               *storedMessage `json:"lastMessage,omitempty"`

	LongAnswers    []string            `json:"longAnswers,omitempty"`
	Version        int                 `json:"version"`
	Usage          *livechat.RateUsage `json:"usage,omitempty"`
	LongestMessage int                 `json:"longestMessage,omitempty"`
}

const (
	defaultType   = "l"
	defaultSysMes = true
)

// RoomItem returns the room's item with the next version.
func RoomItem(r livechat.Room) (table.Item, error) {
	kept := storedRoom{
		Room: r, Closed: r.Closed, Default: r.Default, ReadOnly: r.ReadOnly,
		SystemMessages:            omitDefault(defaultSysMes, r.SystemMessages),
		PriorityWeight:            omitDefault(livechat.DefaultPriority, r.PriorityWeight),
		EstimatedWaitingTimeQueue: omitDefault(livechat.DefaultWait, r.EstimatedWaitingTimeQueue),
		Version:                   r.Version + 1, LongestMessage: r.MaxMessageBytes,
	}
	kept.SurveyFeedback, kept.LongAnswers = cutAnswers(r)
	if r.Type != defaultType {
		kept.Type = r.Type
	}
	if closer := closedByVisitor(r); closer != nil && r.ClosedBy != nil && *r.ClosedBy == *closer {
		kept.ClosedBy = nil // DecodeRoom derives the closer
	}
	if r.LastMessage != nil {
		last := toStored(*r.LastMessage)
		if last.Alias == r.Name && last.User == r.VisitorAuthor() {
			last.Alias, last.User = "", livechat.Author{} // DecodeRoom derives both
		}
		if last.VisitorID == r.Visitor.ID {
			last.VisitorID = "" // DecodeRoom derives the id
		}
		kept.LastMessage = &last
	}
	if r.Usage.From != 0 {
		kept.Usage = &r.Usage
	}
	return table.NewItem(RoomKey(r), kept, table.Values{
		IDIndexPK: IndexRoom(r.ID), TimeIndexPK: ListPartition(r), TimeIndexSK: ListSort(r),
	})
}

// closedByVisitor returns the closer of a room that its visitor closed. It returns nil
// for any other room.
func closedByVisitor(r livechat.Room) *livechat.ClosedBy {
	if r.Open || r.Closer != livechat.CloserVisitor {
		return nil
	}
	return &livechat.ClosedBy{ID: r.Visitor.ID, Username: r.Visitor.Username}
}

// omitDefault returns the value to store, or nil for the usual value.
func omitDefault[T comparable](usual, value T) *T {
	if value == usual {
		return nil
	}
	return &value
}

func orDefault[T any](usual T, kept *T) T {
	if kept == nil {
		return usual
	}
	return *kept
}

// DecodeRoom is the inverse of RoomItem.
func DecodeRoom(item table.Item) (livechat.Room, error) {
	var kept storedRoom
	if err := item.Decode(&kept); err != nil {
		return livechat.Room{}, err
	}
	room := kept.Room
	room.Type, room.Closed, room.Default, room.ReadOnly = kept.Type, kept.Closed, kept.Default, kept.ReadOnly
	if room.Type == "" {
		room.Type = defaultType
	}
	room.SystemMessages = orDefault(defaultSysMes, kept.SystemMessages)
	room.PriorityWeight = orDefault(livechat.DefaultPriority, kept.PriorityWeight)
	room.EstimatedWaitingTimeQueue = orDefault(livechat.DefaultWait, kept.EstimatedWaitingTimeQueue)
	room.Version, room.MaxMessageBytes, room.LongAnswers = kept.Version, kept.LongestMessage, kept.LongAnswers
	if room.ClosedBy == nil {
		room.ClosedBy = closedByVisitor(room)
	}
	if kept.Usage != nil {
		room.Usage = *kept.Usage
	}
	if kept.LastMessage != nil {
		if kept.LastMessage.User == (livechat.Author{}) {
			kept.LastMessage.Alias, kept.LastMessage.User = room.Name, room.VisitorAuthor()
		}
		kept.LastMessage.VisitorID = cmp.Or(kept.LastMessage.VisitorID, room.Visitor.ID)
		last := kept.LastMessage.toMessage(room).WithParsedText()
		room.LastMessage = &last
	}
	return room, nil
}

// RoomWrites returns the writes that replace a room with its changed version, followed by
// the writes of its new messages. If an open room is closed or moved, its old key gets a
// vacancy.
func RoomWrites(was livechat.Room, next livechat.Change) ([]table.Write, error) {
	item, err := RoomItem(next.Room)
	if err != nil {
		return nil, err
	}
	writes, err := MessageWrites(next.Messages)
	if err != nil {
		return nil, err
	}
	if RoomKey(was) == RoomKey(next.Room) {
		condition, values := IfSame(was)
		return append([]table.Write{{Put: item, If: condition, Values: values}}, writes...), nil
	}
	left, err := Leave(was, next.Room.UpdatedAt)
	return append([]table.Write{left, {Put: item, If: IfAbsent}}, writes...), err
}
