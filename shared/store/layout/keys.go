package layout

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Sort keys and their prefixes.
const (
	SortAsked    = "ASKED"
	SortOpen     = "OPEN"
	SortProfile  = "PROFILE"
	SortSettings = "SETTINGS"
	PrefixRoom   = "ROOM#"
	PrefixErase  = "ERASE#"
	PrefixToken  = "TOKEN#"
	// PrefixMessageID sorts after all times.
	PrefixMessageID = "ID#"
)

// Partition keys without an id.
const (
	PartitionAgents      = "AGENTS"
	PartitionDepartments = "DEPARTMENTS"
	PartitionRollups     = "ROLLUPS"
	PartitionStale       = "STALE"
)

// The index that finds items by id, and surveys by day.
const (
	IDIndex   = "GSI1"
	IDIndexPK = "GSI1PK"
	// IndexUsers is the key of all users.
	IndexUsers = "USERS"
)

// The index that finds items in the order of time. It is sparse.
const (
	TimeIndex   = "GSI2"
	TimeIndexPK = "GSI2PK"
	TimeIndexSK = "GSI2SK"
	// DueDead is the key of the surveys that could not be delivered.
	DueDead = "DEAD"
	// ListErasures is the key of the rooms to be erased, of which there are few at a
	// time.
	ListErasures = "ERASURES"
)

const (
	// FieldExpiry is when DynamoDB deletes the item, in Seconds.
	FieldExpiry   = "expires"
	fieldLanguage = "language"
)

// AllBelow selects the items of the partition whose sort keys have the prefix.
func AllBelow(partition, prefix string) table.Partition {
	return table.Partition{PK: partition, From: prefix, To: prefix + "\U0010ffff"}
}

// VisitorPartition holds a visitor with their rooms. It contains a hash of the token,
// because keys appear in audit trails, insights and exports, which must not contain a
// credential.
func VisitorPartition(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "VISITOR#" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AnswersPartition holds the answer history of a room.
func AnswersPartition(rid string) string { return "ANSWERS#" + rid }

// MessagesPartition holds the messages of a room.
func MessagesPartition(rid string) string { return "MESSAGES#" + rid }

// UserPartition holds a user with their auth tokens.
func UserPartition(id string) string { return "USER#" + id }

// IndexVisitor is the index key of a visitor.
func IndexVisitor(id string) string { return "VISITOR_ID#" + id }

// IndexRoom is the index key of a room.
func IndexRoom(rid string) string { return "ROOM#" + rid }

// ProfileKey is the key of a visitor's profile.
func ProfileKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortProfile}
}

// OpenKey is the key of a visitor's open room, of which there can be only one.
func OpenKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortOpen}
}

// ClosedKey is the key of a closed room.
func ClosedKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixRoom + rid}
}

// EraseKey is the key of the note that a room of the visitor is to be erased.
func EraseKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixErase + rid}
}

// RoomKey is the current key of the room, which depends on whether it is open.
func RoomKey(r livechat.Room) table.Key {
	if r.Open {
		return OpenKey(r.Visitor.Token)
	}
	return ClosedKey(r.Visitor.Token, r.ID)
}

// AnswerKey sorts a room's answers by time.
func AnswerKey(e livechat.AnswerEntry) table.Key {
	return table.Key{PK: AnswersPartition(e.RoomID), SK: e.Ts.String() + "#" + e.ID}
}

// AuditKey is in the partition of the entry's room, or else of its visitor.
func AuditKey(e livechat.AuditEntry) table.Key {
	about := e.RoomID
	if about == "" {
		about = e.VisitorID
	}
	return table.Key{PK: "AUDIT#" + about, SK: e.Ts.String() + "#" + e.ID}
}

// AgentKey is the key of an agent.
func AgentKey(id string) table.Key {
	return table.Key{PK: PartitionAgents, SK: id}
}

// DepartmentKey is the key of a department.
func DepartmentKey(id string) table.Key {
	return table.Key{PK: PartitionDepartments, SK: id}
}

// UserKey is the key of a user.
func UserKey(id string) table.Key {
	return table.Key{PK: UserPartition(id), SK: SortProfile}
}

// UsernameKey is the key of the item that names a username's user, of which there can be
// only one.
func UsernameKey(username string) table.Key {
	return table.Key{PK: "USERNAME#" + username, SK: "USERNAME"}
}

// AuthTokenKey is the key of a user's auth token.
func AuthTokenKey(userID, hash string) table.Key {
	return table.Key{PK: UserPartition(userID), SK: PrefixToken + hash}
}

// SurveyKey is the key of a room's survey.
func SurveyKey(rid string) table.Key {
	return table.Key{PK: "SURVEY#" + rid, SK: "SURVEY"}
}

// LinkKey is the key of a survey link.
func LinkKey(hash string) table.Key {
	return table.Key{PK: "LINK#" + hash, SK: "LINK"}
}

// AskedKey is the key of the record of when the visitor was last surveyed.
func AskedKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortAsked}
}

// AskedAddressKey is the key of the record of when a survey was last sent to the address
// with that hash, for any visitor.
func AskedAddressKey(addressHash string) table.Key {
	return table.Key{PK: "ASKED#" + addressHash, SK: SortAsked}
}

// MailsKey is the key of the counter of survey mails on the day in UTC.
func MailsKey(t livechat.Time) table.Key {
	return table.Key{PK: "MAILS#" + t.String()[:len("2006-01-02")], SK: "MAILS"}
}

// UnsubscribedKey is the key of the record that an address gets no more surveys.
func UnsubscribedKey(addressHash string) table.Key {
	return table.Key{PK: "UNSUBSCRIBED#" + addressHash, SK: "UNSUBSCRIBED"}
}

// MessageKey sorts a room's messages by time.
func MessageKey(m livechat.Message) table.Key {
	return table.Key{PK: MessagesPartition(m.RoomID), SK: messageSort(m.Ts, m.ID)}
}

func messageSort(ts livechat.Time, id string) string { return ts.String() + "#" + id }

// TimedMessageKey returns the key of the message with the id, if the service assigned the
// id; it returns false for any other id.
func TimedMessageKey(rid, id string) (table.Key, bool) {
	ts, ok := livechat.MessageTime(id)
	return table.Key{PK: MessagesPartition(rid), SK: messageSort(ts, id)}, ok
}

// MessageIDKey is the key of the item that finds a message whose id does not contain its
// time.
func MessageIDKey(rid, id string) table.Key {
	return table.Key{PK: MessagesPartition(rid), SK: PrefixMessageID + id}
}

// QuestionnairesPartition holds the questionnaires of a department; those for all
// departments if department is empty.
func QuestionnairesPartition(department string) string { return "QUESTIONNAIRES#" + department }

// QuestionnaireKey sorts a department's questionnaires by language and version.
func QuestionnaireKey(q livechat.Questionnaire) table.Key {
	return table.Key{PK: QuestionnairesPartition(q.Department), SK: fmt.Sprintf("%s/%06d", q.Language, q.Version)}
}

// RateKey is the key of a limit's counter for one party in the minute that begins at
// from. It holds a hash of the party, which can be a token or an address.
func RateKey(c livechat.RateUse, from livechat.Time) table.Key {
	return table.Key{PK: "RATE#" + c.Limit.Setting + "#" + livechat.HashToken(c.By) + "#" + from.String(), SK: "RATE"}
}

// Month returns the month of the time, such as 2026-11.
func Month(t livechat.Time) string { return t.String()[:len("2006-01")] }

// MonthBefore returns the previous month.
func MonthBefore(month string) string { return addMonths(month, -1) }

// MonthAfter returns the next month.
func MonthAfter(month string) string { return addMonths(month, 1) }

func addMonths(month string, n int) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, n, 0).Format("2006-01")
}

// CommentKey is in the partition of the month in which the room was closed.
func CommentKey(closedOn string, closedAt livechat.Time, rid string) table.Key {
	return table.Key{PK: CommentsPartition(closedOn[:len("2006-01")]), SK: closedOn + "#" + closedAt.String() + "#" + rid}
}

// CommentsPartition holds the comments on the rooms closed in a month.
func CommentsPartition(month string) string { return "COMMENTS#" + month }

// Keys of single items.
var (
	SettingsKey     = table.Key{PK: SortSettings, SK: SortSettings}
	RetentionKey    = table.Key{PK: "RETENTION", SK: "RETENTION"}
	GuestCounterKey = table.Key{PK: "COUNTER#guest", SK: "COUNTER"}
)
