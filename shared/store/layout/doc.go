// Package layout defines the keys and items of the table and its two indexes. It converts
// documents to items and back, and builds the conditions and writes that depend only on
// the format. It makes no database calls. The rules about changes are in package store.
//
//	item               PK                   SK                    GSI1PK             GSI2PK, GSI2SK
//	visitor            VISITOR#hash         PROFILE               VISITOR_ID#id      VISITORS#month#shard, time#id
//	the open room      VISITOR#hash         OPEN                  ROOM#rid           ROOMS#OPEN#shard, time#rid
//	a tombstone        VISITOR#hash         OPEN
//	a vacancy          VISITOR#hash         OPEN
//	a closed room      VISITOR#hash         ROOM#rid              ROOM#rid           ROOMS#CLOSED#month#shard, time#rid
//	when last asked    VISITOR#hash         ASKED
//	a room's erasure   VISITOR#hash         ERASE#rid                                ERASURES, time#rid
//	message            MESSAGES#rid         time#id
//	a client's id      MESSAGES#rid         ID#id
//	answer entry       ANSWERS#rid          time#id                                  ANSWERS#month#shard, time#id
//	long answers       ANSWERS#rid          LONG
//	survey             SURVEY#rid           SURVEY                CLOSED#day#shard   DUE#shard, time
//	survey, undelivered                                           CLOSED#day#shard   DEAD, time
//	survey link        LINK#sha256          LINK
//	address asked      ASKED#sha256         ASKED
//	no more surveys    UNSUBSCRIBED#sha256  UNSUBSCRIBED
//	mails of a day     MAILS#day            MAILS
//	comment            COMMENTS#month       day#time#rid
//	questionnaire      QUESTIONNAIRES#department  language/version
//	figures of a day   ROLLUPS              day#part
//	a day to redo      STALE                day
//	audit entry        AUDIT#id             time#id                                  AUDIT#month#shard, time#id
//	agent              AGENTS               id
//	department         DEPARTMENTS          id
//	user               USER#id              PROFILE               USERS
//	username           USERNAME#name        USERNAME
//	auth token         USER#id              TOKEN#sha256
//	openings           OPENINGS#shard#second  OPENINGS
//	rate counter       RATE#setting#sha256#minute  RATE
//	changed settings   SETTINGS             SETTINGS
//	guest counter      COUNTER#guest        COUNTER
//	how far visitors were looked through  RETENTION  RETENTION
//
// hash is the SHA-256 of the visitor's token in base64url. Keys appear in audit trails,
// insights and exports, which must not contain a credential. A message whose id a client
// chose also has an item under that id, because the id does not contain the message's
// time. A shard is a number, see list.go.
//
// Every item holds its keys and the members of its document (see package livechat). An
// item that can be rewritten has a version. An item that DynamoDB deletes automatically
// has the attribute expires, in seconds since 1970. An expired item stays readable until
// DynamoDB deletes it, so readers check expires.
package layout
