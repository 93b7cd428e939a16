package store

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

const (
	sortAsked    = "ASKED"
	sortOpen     = "OPEN"
	sortProfile  = "PROFILE"
	sortSettings = "SETTINGS"
	prefixRoom   = "ROOM#"
	prefixErase  = "ERASE#"
	prefixToken  = "TOKEN#"
	// prefixPlace is behind all times.
	prefixPlace = "ID#"

	partitionAgents      = "AGENTS"
	partitionDepartments = "DEPARTMENTS"
	partitionRollups     = "ROLLUPS"
	partitionStale       = "STALE"

	index      = "GSI1"
	indexKey   = "GSI1PK"
	indexUsers = "USERS"

	// The index of what is due, by shard and time; sparse.
	dueIndex   = "GSI2"
	dueIndexPK = "GSI2PK"
	dueIndexSK = "GSI2SK"
	dueDead    = "DEAD"
	// listOpen are the open rooms in the same index, by when they were opened.
	listOpen   = "ROOMS#OPEN"
	listClosed = "ROOMS#CLOSED#"
	// What is kept for a time only is found by its age in the same index, by month:
	// visitors by their registration, answers and audit entries by their time. Rooms
	// that are to be erased are few at a time.
	listVisitors = "VISITORS#"
	listAnswers  = "ANSWERS#"
	listAudit    = "AUDIT#"
	listErasures = "ERASURES"

	fieldExpiry   = "expires"
	fieldLanguage = "language"
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

func surveyKey(rid string) table.Key {
	return table.Key{PK: "SURVEY#" + rid, SK: "SURVEY"}
}

func linkKey(hash string) table.Key {
	return table.Key{PK: "LINK#" + hash, SK: "LINK"}
}

// askedKey is where it stands when the visitor was last asked.
func askedKey(token string) table.Key {
	return table.Key{PK: visitorPartition(token), SK: sortAsked}
}

// askedAddressKey is where it stands when a survey was last sent to the address with
// that hash, whichever visitor gave it.
func askedAddressKey(addressHash string) table.Key {
	return table.Key{PK: "ASKED#" + addressHash, SK: sortAsked}
}

func unsubscribedKey(addressHash string) table.Key {
	return table.Key{PK: "UNSUBSCRIBED#" + addressHash, SK: "UNSUBSCRIBED"}
}

func messageKey(m livechat.Message) table.Key {
	return table.Key{PK: messagesPartition(m.RoomID), SK: m.Ts.String() + "#" + m.ID}
}

// rateKey is where it stands what a limit counted for somebody within the minute
// that begins at from. Whom it is for can be a token or an address: neither is kept
// in the clear.
func rateKey(c livechat.Count, from livechat.Time) table.Key {
	return table.Key{PK: "RATE#" + c.Limit.Setting + "#" + livechat.HashToken(c.By) + "#" + from.String(), SK: "RATE"}
}

// placeKey is where it stands under which key the message with that id is.
func placeKey(rid, id string) table.Key {
	return table.Key{PK: messagesPartition(rid), SK: prefixPlace + id}
}

// listPartition is where the list of rooms has the room: among the open ones, or
// in the month of its closing.
func listPartition(r livechat.Room) string {
	if r.Open {
		return listOpen
	}
	return listClosed + month(r.ClosedAt)
}

// listSort orders the open rooms by their beginning, closed ones by their end.
func listSort(r livechat.Room) string {
	if r.Open {
		return r.Ts.String() + "#" + r.ID
	}
	return r.ClosedAt.String() + "#" + r.ID
}

// aged are the index keys of what is found by its age.
func aged(list string, t livechat.Time, id string) table.Values {
	return table.Values{dueIndexPK: list + month(t), dueIndexSK: t.String() + "#" + id}
}

func month(t livechat.Time) string { return t.String()[:len("2006-01")] }

// commentKey is under the month in which the room was closed.
func commentKey(closedOn string, closedAt livechat.Time, rid string) table.Key {
	return table.Key{PK: commentsPartition(closedOn[:len("2006-01")]), SK: closedOn + "#" + closedAt.String() + "#" + rid}
}

func commentsPartition(month string) string { return "COMMENTS#" + month }

// indexClosed is what the surveys of the rooms closed on a day are found by.
// One key takes a thousand closings a second.
func indexClosed(day string) string { return "CLOSED#" + day }

var (
	settingsKey     = table.Key{PK: sortSettings, SK: sortSettings}
	retentionKey    = table.Key{PK: "RETENTION", SK: "RETENTION"}
	guestCounterKey = table.Key{PK: "COUNTER#guest", SK: "COUNTER"}
)
