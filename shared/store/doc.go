// Package store keeps rooms, visitors and all that belongs to them in one
// DynamoDB table. It is the only place that knows how.
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
//
// One open room per visitor is a fact of the primary key: the open room stands
// under OPEN, where there is place for one. Opening is one conditional put,
// whose loser is handed the winner's room by the failed condition. PROFILE and
// OPEN stand side by side, so that one strongly consistent query answers who
// the visitor is and which room is open.
//
// A room that is closed, or given away, leaves a vacancy under OPEN for two minutes,
// which says which room it was. Calls that open a room at once all follow the same
// one, and so count as one opening: a limit refuses none of them because of the
// others.
//
// Limits count what was done within a minute of the clock, as a list of what: the
// same thing is counted once, also when its answer was lost, and the place in the list
// says whether it was within the limit, however the limit was set meanwhile.
//
// Every other change is computed from what was read and written on the
// condition that its version is still the same; who loses reads again.
// Changes of more than one item are transactions. No rule is ever checked
// through the index, which lags: it finds keys, and the item under the key
// decides.
//
// What is said in a room is first added to the room's own item, by an update that
// any number of calls can make at once: none is in another's way, and the room's
// figures and the order of its messages follow from the item alone. Some messages
// later, and with every other change of the room, the item is written anew, and the
// messages that were in it get items of their own in the same transaction. So a
// message costs what it costs, however long the room is.
//
// Closing moves a room from OPEN to its own key, and puts its survey beside it,
// in one transaction. A survey is an item of its own, so that its facts and its
// score can outlive the visitor, and sending it does not touch the room. GSI1
// finds the surveys of a day, GSI2 those for which something is due, and the rooms
// of the list that agents see.
//
// Deleting a visitor first puts a tombstone under OPEN, so that no room can be
// opened for the visitor, or given to them, while their items go. It outlives
// every call that read the profile before. It names the visitor it is for: one
// who registers anew with the same token is another visitor.
//
// What is kept for a time only is found by its age, in GSI2: the index is by month,
// and a run goes on where the one before ended. Nothing expires by itself that an
// operator can set the days of: a changed setting holds for what is there already.
//
// Whether all of that fits together can be verified, and what does not mended, beside
// the live service, see Verification.
package store
