// Package store keeps rooms, visitors and all that belongs to them in one DynamoDB
// table: what is read together, and what is changed together, on which condition. What
// lies where is package layout's to say, and package verify's whether all of it fits
// together.
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
package store
