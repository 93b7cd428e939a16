// Package layout says what lies where in the one table, and in what form. Inside: the
// keys, the keys of the two indexes, documents as items and back, and the conditions
// and writes that follow from the form alone. Not inside: any call of the database, or
// what makes a change right, see package store.
//
//	item               PK                   SK                    GSI1PK           GSI2PK, GSI2SK
//	visitor            VISITOR#token        PROFILE               VISITOR_ID#id    VISITORS#month, time#id
//	the open room      VISITOR#token        OPEN                  ROOM#rid         ROOMS#OPEN, time#rid
//	a tombstone        VISITOR#token        OPEN
//	a vacancy          VISITOR#token        OPEN
//	a closed room      VISITOR#token        ROOM#rid              ROOM#rid         ROOMS#CLOSED#month, time#rid
//	when last asked    VISITOR#token        ASKED
//	a room's erasure   VISITOR#token        ERASE#rid                              ERASURES, time#rid
//	survey             SURVEY#rid           SURVEY                CLOSED#day       DUE#shard, time
//	survey, undelivered                                           CLOSED#day       DEAD, time
//	survey link        LINK#base64(sha256)  LINK
//	address asked      ASKED#base64(sha256)  ASKED
//	no more surveys    UNSUBSCRIBED#base64(sha256)  UNSUBSCRIBED
//	mails of a day     MAILS#day            MAILS
//	comment            COMMENTS#month       day#time#rid
//	questionnaire      QUESTIONNAIRES#department  language/version
//	figures of a day   ROLLUPS              day#part
//	a day to redo      STALE                day
//	message            MESSAGES#rid         time#id
//	where it stands    MESSAGES#rid         ID#id
//	answer entry       ANSWERS#rid          time#id                                ANSWERS#month, time#id
//	audit entry        AUDIT#id             time#id                                AUDIT#month, time#id
//	agent              AGENTS               id
//	department         DEPARTMENTS          id
//	user               USER#id              PROFILE               USERS
//	username           USERNAME#name        USERNAME
//	auth token         USER#id              TOKEN#base64(sha256)
//	rate counter       RATE#setting#base64(sha256)#minute  RATE
//	changed settings   SETTINGS             SETTINGS
//	guest counter      COUNTER#guest        COUNTER
//	how far visitors were looked through  RETENTION  RETENTION
//
// Every item is its document's members (see package livechat) beside the keys,
// a version where it can be written twice, and expires (seconds since 1970)
// where DynamoDB shall delete it. What has expired stays readable until then,
// so readers compare the time.
package layout
