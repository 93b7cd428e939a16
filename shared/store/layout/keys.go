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
	// PrefixMessageID sorts after the times in the sort keys of messages.
	PrefixMessageID = "ID#"
)

// Partition keys without an id.
const (
	PartitionAgents      = "AGENTS"
	PartitionDepartments = "DEPARTMENTS"
	PartitionRollups     = "ROLLUPS"
	PartitionStale       = "STALE"
)

// IDIndex finds items by id, and surveys by day.
const (
	IDIndex   = "GSI1"
	IDIndexPK = "GSI1PK"
	// IndexUsers is the index key that all users share.
	IndexUsers = "USERS"
)

// TimeIndex lists items in the order of their times. It is sparse.
const (
	TimeIndex   = "GSI2"
	TimeIndexPK = "GSI2PK"
	TimeIndexSK = "GSI2SK"
	// DueDead is the index key of the surveys that could not be delivered.
	DueDead = "DEAD"
	// ListErasures is the index key of the rooms to be erased. It is not sharded, because
	// few rooms are erased at the same time.
	ListErasures = "ERASURES"
)

const (
	// FieldExpiry holds the time after which DynamoDB deletes the item, see Seconds.
	FieldExpiry   = "expires"
	fieldLanguage = "language"
)

// AllBelow selects the items of the partition whose sort keys have the prefix.
func AllBelow(partition, prefix string) table.Partition {
	return table.Partition{PK: partition, From: prefix, To: prefix + "\U0010ffff"}
}

// VisitorPartition returns the partition key of a visitor and their rooms. It contains a
// hash of the token, because keys appear in audit trails, insights and exports, which
// must not contain a credential.
func VisitorPartition(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "VISITOR#" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AnswersPartition returns the partition key of a room's answer history.
func AnswersPartition(rid string) string { return "ANSWERS#" + rid }

// MessagesPartition returns the partition key of a room's messages.
func MessagesPartition(rid string) string { return "MESSAGES#" + rid }

// UserPartition returns the partition key of a user and their auth tokens.
func UserPartition(id string) string { return "USER#" + id }

// IndexVisitor returns the index key of a visitor.
func IndexVisitor(id string) string { return "VISITOR_ID#" + id }

// IndexRoom returns the index key of a room.
func IndexRoom(rid string) string { return "ROOM#" + rid }

// ProfileKey returns the key of a visitor's profile.
func ProfileKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortProfile}
}

// OpenKey returns the key of a visitor's open room. A visitor can have only one open
// room.
func OpenKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortOpen}
}

// ClosedKey returns the key of a closed room.
func ClosedKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixRoom + rid}
}

// EraseKey returns the key of the note that a room of the visitor is to be erased.
func EraseKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixErase + rid}
}

// RoomKey returns the current key of the room, which depends on whether the room is open.
func RoomKey(r livechat.Room) table.Key {
	if r.Open {
		return OpenKey(r.Visitor.Token)
	}
	return ClosedKey(r.Visitor.Token, r.ID)
}

// AnswerKey returns the key of an entry of a room's answer history. Entries sort by time.
func AnswerKey(e livechat.AnswerEntry) table.Key {
	return table.Key{PK: AnswersPartition(e.RoomID), SK: e.Ts.String() + "#" + e.ID}
}

// AuditKey returns the key of an audit entry, in the partition of the entry's room. If
// the entry has no room, the partition is that of its visitor.
func AuditKey(e livechat.AuditEntry) table.Key {
	about := e.RoomID
	if about == "" {
		about = e.VisitorID
	}
	return table.Key{PK: "AUDIT#" + about, SK: e.Ts.String() + "#" + e.ID}
}

// AgentKey returns the key of an agent.
func AgentKey(id string) table.Key {
	return table.Key{PK: PartitionAgents, SK: id}
}

// DepartmentKey returns the key of a department.
func DepartmentKey(id string) table.Key {
	return table.Key{PK: PartitionDepartments, SK: id}
}

// UserKey returns the key of a user.
func UserKey(id string) table.Key {
	return table.Key{PK: UserPartition(id), SK: SortProfile}
}

// UsernameKey returns the key of the item that maps a username to its user. The key makes
// usernames unique.
func UsernameKey(username string) table.Key {
	return table.Key{PK: "USERNAME#" + username, SK: "USERNAME"}
}

// AuthTokenKey returns the key of a user's auth token.
func AuthTokenKey(userID, hash string) table.Key {
	return table.Key{PK: UserPartition(userID), SK: PrefixToken + hash}
}

// SurveyKey returns the key of a room's survey.
func SurveyKey(rid string) table.Key {
	return table.Key{PK: "SURVEY#" + rid, SK: "SURVEY"}
}

// LinkKey returns the key of a survey link.
func LinkKey(hash string) table.Key {
	return table.Key{PK: "LINK#" + hash, SK: "LINK"}
}

// AskedKey returns the key of the item that records when the visitor was last surveyed.
func AskedKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortAsked}
}

// AskedAddressKey returns the key of the item that records when a survey was last sent to
// the address with the hash, for any visitor.
func AskedAddressKey(addressHash string) table.Key {
	return table.Key{PK: "ASKED#" + addressHash, SK: SortAsked}
}

// MailsKey returns the key of the counter of survey mails on the UTC day of the time.
func MailsKey(t livechat.Time) table.Key {
	return table.Key{PK: "MAILS#" + t.String()[:len("2006-01-02")], SK: "MAILS"}
}

// UnsubscribedKey returns the key of the item that records that no more surveys are sent
// to an address.
func UnsubscribedKey(addressHash string) table.Key {
	return table.Key{PK: "UNSUBSCRIBED#" + addressHash, SK: "UNSUBSCRIBED"}
}

// MessageKey returns the key of a message. A room's messages sort by time.
func MessageKey(m livechat.Message) table.Key {
	return table.Key{PK: MessagesPartition(m.RoomID), SK: messageSort(m.Ts, m.ID)}
}

func messageSort(ts livechat.Time, id string) string { return ts.String() + "#" + id }

// TimedMessageKey returns the key of the message with the id. It returns false if the id
// does not contain the message's time, because the service did not assign it.
func TimedMessageKey(rid, id string) (table.Key, bool) {
	ts, ok := livechat.MessageTime(id)
	return table.Key{PK: MessagesPartition(rid), SK: messageSort(ts, id)}, ok
}

// MessageIDKey returns the key of the item that holds the time of a message whose id does
// not contain the time.
func MessageIDKey(rid, id string) table.Key {
	return table.Key{PK: MessagesPartition(rid), SK: PrefixMessageID + id}
}

// QuestionnairesPartition returns the partition key of a department's questionnaires. If
// department is empty, the questionnaires are for all departments.
func QuestionnairesPartition(department string) string { return "QUESTIONNAIRES#" + department }

// QuestionnaireKey returns the key of a questionnaire. A department's questionnaires sort
// by language and version.
func QuestionnaireKey(q livechat.Questionnaire) table.Key {
	return table.Key{PK: QuestionnairesPartition(q.Department), SK: fmt.Sprintf("%s/%06d", q.Language, q.Version)}
}

// RateKey returns the key of a limit's counter for c.By in the minute that begins at
// from. The key contains a hash of c.By, which can be a token or an address.
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

// CommentKey returns the key of a comment, in the partition of the month in which the
// room was closed.
func CommentKey(closedOn string, closedAt livechat.Time, rid string) table.Key {
	return table.Key{PK: CommentsPartition(closedOn[:len("2006-01")]), SK: closedOn + "#" + closedAt.String() + "#" + rid}
}

// CommentsPartition returns the partition key of the comments on the rooms closed in a
// month.
func CommentsPartition(month string) string { return "COMMENTS#" + month }

// Keys of single items.
var (
	SettingsKey     = table.Key{PK: SortSettings, SK: SortSettings}
	RetentionKey    = table.Key{PK: "RETENTION", SK: "RETENTION"}
	GuestCounterKey = table.Key{PK: "COUNTER#guest", SK: "COUNTER"}
)
