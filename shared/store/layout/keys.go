package layout

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Sort keys, or what they begin with.
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

// Partitions of which there is one.
const (
	PartitionAgents      = "AGENTS"
	PartitionDepartments = "DEPARTMENTS"
	PartitionRollups     = "ROLLUPS"
	PartitionStale       = "STALE"
)

// The index by which an item is found that is known by its id, or by the day.
const (
	IDIndex   = "GSI1"
	IDIndexPK = "GSI1PK"
	// IndexUsers are all users.
	IndexUsers = "USERS"
)

// The index of what is found in an order of time; sparse.
const (
	TimeIndex   = "GSI2"
	TimeIndexPK = "GSI2PK"
	TimeIndexSK = "GSI2SK"
	// DueDead are the surveys that could not be delivered.
	DueDead = "DEAD"
	// ListErasures are the rooms that are to be erased: few at a time.
	ListErasures = "ERASURES"
)

const (
	// FieldExpiry is when DynamoDB deletes the item, in Seconds.
	FieldExpiry   = "expires"
	fieldLanguage = "language"
)

// AllBelow are the items of the partition whose sort keys start so.
func AllBelow(partition, prefix string) table.Partition {
	return table.Partition{PK: partition, From: prefix, To: prefix + "\U0010ffff"}
}

// VisitorPartition has a visitor, with their rooms. The key has a hash of the token:
// keys appear in audit trails, insights and exports, where a credential must not be.
func VisitorPartition(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "VISITOR#" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AnswersPartition is where the answer history of a room is.
func AnswersPartition(rid string) string { return "ANSWERS#" + rid }

// MessagesPartition has the messages of a room.
func MessagesPartition(rid string) string { return "MESSAGES#" + rid }

// UserPartition is where a user is, with their auth tokens.
func UserPartition(id string) string { return "USER#" + id }

// IndexVisitor is what a visitor is found by.
func IndexVisitor(id string) string { return "VISITOR_ID#" + id }

// IndexRoom is what a room is found by.
func IndexRoom(rid string) string { return "ROOM#" + rid }

// ProfileKey is where the visitor themselves stands.
func ProfileKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortProfile}
}

// OpenKey is where the visitor's open room stands: there is place for one.
func OpenKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortOpen}
}

// ClosedKey is where a closed room of the visitor stands.
func ClosedKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixRoom + rid}
}

// EraseKey is where it stands that a room of the visitor is to be erased.
func EraseKey(token, rid string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: PrefixErase + rid}
}

// RoomKey is where the room stands now: a visitor's open room and their closed
// ones have different places.
func RoomKey(r livechat.Room) table.Key {
	if r.Open {
		return OpenKey(r.Visitor.Token)
	}
	return ClosedKey(r.Visitor.Token, r.ID)
}

// AnswerKey is under the time of the answer.
func AnswerKey(e livechat.AnswerEntry) table.Key {
	return table.Key{PK: AnswersPartition(e.RoomID), SK: e.Ts.String() + "#" + e.ID}
}

// AuditKey is under what the entry is about: the room, else the visitor.
func AuditKey(e livechat.AuditEntry) table.Key {
	about := e.RoomID
	if about == "" {
		about = e.VisitorID
	}
	return table.Key{PK: "AUDIT#" + about, SK: e.Ts.String() + "#" + e.ID}
}

// AgentKey is where an agent stands.
func AgentKey(id string) table.Key {
	return table.Key{PK: PartitionAgents, SK: id}
}

// DepartmentKey is where a department stands.
func DepartmentKey(id string) table.Key {
	return table.Key{PK: PartitionDepartments, SK: id}
}

// UserKey is where a user stands.
func UserKey(id string) table.Key {
	return table.Key{PK: UserPartition(id), SK: SortProfile}
}

// UsernameKey is where it stands whose the username is: there is place for one.
func UsernameKey(username string) table.Key {
	return table.Key{PK: "USERNAME#" + username, SK: "USERNAME"}
}

// AuthTokenKey is where a user's auth token stands.
func AuthTokenKey(userID, hash string) table.Key {
	return table.Key{PK: UserPartition(userID), SK: PrefixToken + hash}
}

// SurveyKey is where the survey of a room stands.
func SurveyKey(rid string) table.Key {
	return table.Key{PK: "SURVEY#" + rid, SK: "SURVEY"}
}

// LinkKey is where a link to a survey stands.
func LinkKey(hash string) table.Key {
	return table.Key{PK: "LINK#" + hash, SK: "LINK"}
}

// AskedKey is where it stands when the visitor was last asked.
func AskedKey(token string) table.Key {
	return table.Key{PK: VisitorPartition(token), SK: SortAsked}
}

// AskedAddressKey is where it stands when a survey was last sent to the address with
// that hash, whichever visitor gave it.
func AskedAddressKey(addressHash string) table.Key {
	return table.Key{PK: "ASKED#" + addressHash, SK: SortAsked}
}

// MailsKey is where the survey mails of the day are counted, in UTC.
func MailsKey(t livechat.Time) table.Key {
	return table.Key{PK: "MAILS#" + t.String()[:len("2006-01-02")], SK: "MAILS"}
}

// UnsubscribedKey is where it stands that an address gets no more surveys.
func UnsubscribedKey(addressHash string) table.Key {
	return table.Key{PK: "UNSUBSCRIBED#" + addressHash, SK: "UNSUBSCRIBED"}
}

// MessageKey sorts a room's messages by time.
func MessageKey(m livechat.Message) table.Key {
	return table.Key{PK: MessagesPartition(m.RoomID), SK: messageSort(m.Ts, m.ID)}
}

func messageSort(ts livechat.Time, id string) string { return ts.String() + "#" + id }

// TimedMessageKey is the key of the message with the id, if the service named it;
// false for an id that the service cannot have made.
func TimedMessageKey(rid, id string) (table.Key, bool) {
	ts, ok := livechat.MessageTime(id)
	return table.Key{PK: MessagesPartition(rid), SK: messageSort(ts, id)}, ok
}

// MessageIDKey is the key of the item that says which message has an id that does
// not tell its time.
func MessageIDKey(rid, id string) table.Key {
	return table.Key{PK: MessagesPartition(rid), SK: PrefixMessageID + id}
}

// QuestionnairesPartition is where the questionnaires of a department are; with
// none, those that are for all departments.
func QuestionnairesPartition(department string) string { return "QUESTIONNAIRES#" + department }

// QuestionnaireKey is under the language and the version.
func QuestionnaireKey(q livechat.Questionnaire) table.Key {
	return table.Key{PK: QuestionnairesPartition(q.Department), SK: fmt.Sprintf("%s/%06d", q.Language, q.Version)}
}

// RateKey is where it stands what a limit counted for somebody within the minute
// that begins at from. Whom it is for can be a token or an address: neither is kept
// in the clear.
func RateKey(c livechat.RateUse, from livechat.Time) table.Key {
	return table.Key{PK: "RATE#" + c.Limit.Setting + "#" + livechat.HashToken(c.By) + "#" + from.String(), SK: "RATE"}
}

// Month is the one of the time, such as 2026-11.
func Month(t livechat.Time) string { return t.String()[:len("2006-01")] }

// MonthBefore returns the month before one.
func MonthBefore(month string) string { return addMonths(month, -1) }

// MonthAfter returns the month after one.
func MonthAfter(month string) string { return addMonths(month, 1) }

func addMonths(month string, n int) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, n, 0).Format("2006-01")
}

// CommentKey is under the month in which the room was closed.
func CommentKey(closedOn string, closedAt livechat.Time, rid string) table.Key {
	return table.Key{PK: CommentsPartition(closedOn[:len("2006-01")]), SK: closedOn + "#" + closedAt.String() + "#" + rid}
}

// CommentsPartition is where the texts are of the rooms closed in a month.
func CommentsPartition(month string) string { return "COMMENTS#" + month }

// Keys of which there is one.
var (
	SettingsKey     = table.Key{PK: SortSettings, SK: SortSettings}
	RetentionKey    = table.Key{PK: "RETENTION", SK: "RETENTION"}
	GuestCounterKey = table.Key{PK: "COUNTER#guest", SK: "COUNTER"}
)
