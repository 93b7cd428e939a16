package store

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

const (
	sortOpen     = "OPEN"
	sortProfile  = "PROFILE"
	sortSettings = "SETTINGS"
	prefixRoom   = "ROOM#"
	prefixErase  = "ERASE#"
	prefixToken  = "TOKEN#"

	partitionAgents      = "AGENTS"
	partitionDepartments = "DEPARTMENTS"

	index       = "GSI1"
	indexKey    = "GSI1PK"
	indexUsers  = "USERS"
	fieldExpiry = "expires"
)

// allBelow are the items of the partition whose sort keys start so.
func allBelow(partition, prefix string) table.Partition {
	return table.Partition{PK: partition, From: prefix, To: prefix + "\U0010ffff"}
}

func visitorPartition(token string) string { return "VISITOR#" + token }
func answersPartition(rid string) string   { return "ANSWERS#" + rid }
func messagesPartition(rid string) string  { return "MESSAGES#" + rid }
func userPartition(id string) string       { return "USER#" + id }

func indexVisitor(id string) string { return "VISITOR_ID#" + id }
func indexRoom(rid string) string   { return "ROOM#" + rid }

func profileKey(token string) table.Key {
	return table.Key{PK: visitorPartition(token), SK: sortProfile}
}

func openKey(token string) table.Key {
	return table.Key{PK: visitorPartition(token), SK: sortOpen}
}

func closedKey(token, rid string) table.Key {
	return table.Key{PK: visitorPartition(token), SK: prefixRoom + rid}
}

func eraseKey(token, rid string) table.Key {
	return table.Key{PK: visitorPartition(token), SK: prefixErase + rid}
}

// roomKey is where the room stands now: a visitor's open room and their closed
// ones have different places.
func roomKey(r livechat.Room) table.Key {
	if r.Open {
		return openKey(r.Visitor.Token)
	}
	return closedKey(r.Visitor.Token, r.ID)
}

func answerKey(e livechat.AnswerEntry) table.Key {
	return table.Key{PK: answersPartition(e.RoomID), SK: e.Ts.String() + "#" + e.ID}
}

// auditKey is under what the entry is about: the room, else the visitor.
func auditKey(e livechat.AuditEntry) table.Key {
	about := e.RoomID
	if about == "" {
		about = e.VisitorID
	}
	return table.Key{PK: "AUDIT#" + about, SK: e.Ts.String() + "#" + e.ID}
}

func agentKey(id string) table.Key {
	return table.Key{PK: partitionAgents, SK: id}
}

func departmentKey(id string) table.Key {
	return table.Key{PK: partitionDepartments, SK: id}
}

func userKey(id string) table.Key {
	return table.Key{PK: userPartition(id), SK: sortProfile}
}

func usernameKey(username string) table.Key {
	return table.Key{PK: "USERNAME#" + username, SK: "USERNAME"}
}

func authTokenKey(userID, hash string) table.Key {
	return table.Key{PK: userPartition(userID), SK: prefixToken + hash}
}

var (
	settingsKey     = table.Key{PK: sortSettings, SK: sortSettings}
	guestCounterKey = table.Key{PK: "COUNTER#guest", SK: "COUNTER"}
)
