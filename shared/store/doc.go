// Package store keeps rooms, visitors and all their data in one DynamoDB table. It
// decides which items are read together, which are written together, and on which
// conditions. Package layout defines the keys and items; package verify checks the
// table's consistency.
//
// A visitor's open room is stored under OPEN, so the primary key enforces that a visitor
// has only one open room. A room is opened with one conditional put. If another call was
// faster, the put fails and returns the room of that call. PROFILE and OPEN are adjacent,
// so one strongly consistent query returns the visitor and their open room.
//
// A room that is closed or moved away leaves a vacancy under OPEN for two minutes. The
// vacancy names the room. Concurrent calls that open the visitor's next room see the same
// vacancy, and the rate limit counts them as one opening.
//
// A rate limit that several visitors share counts the actions within each minute of the
// clock. A retried action counts once. See package ratelimit.
//
// Every other change is computed from the items read, and written on the condition that
// the item's version is unchanged. If the condition fails, the call reads again and
// retries. A change of several items is one transaction. Indexes lag, so they are used
// only to find keys. Rules are checked on the items under these keys.
//
// A message is written in one transaction with its room's item, which holds the room's
// figures and fixes the order of the messages. Each message is a separate item, so the
// cost of posting does not grow with the room.
//
// Closing moves a room from OPEN to its own key and writes its survey, in one
// transaction. The survey is a separate item, so that its facts and score can outlive the
// visitor, and so that sending it does not write the room. GSI1 finds the surveys of a
// day. GSI2 finds the surveys that are due, and the rooms in the agents' list.
//
// Deleting a visitor first puts a tombstone under OPEN, so that no room can be opened for
// the visitor, or moved to them, while their items are deleted. The tombstone expires
// later than the deadline of any call that read the profile before the deletion. It names
// its visitor, because a visitor who registers again with the same token is a different
// visitor.
//
// GSI2 also finds the data that is kept for a limited time, by month and age. A retention
// run over the visitors continues where the previous run stopped. Data whose lifetime is
// a setting does not use DynamoDB's time-to-live, so that a changed setting also applies
// to existing data.
package store
