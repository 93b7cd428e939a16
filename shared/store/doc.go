// Package store keeps rooms, visitors and all their data in one DynamoDB table. It
// decides what is read together, what is written together, and on which conditions.
// Package layout defines the keys and items; package verify checks the table's
// consistency.
//
// The primary key enforces one open room per visitor: the open room is stored under OPEN.
// Opening is one conditional put, whose failure returns the winner's room to the loser.
// PROFILE and OPEN are adjacent, so one strongly consistent query returns the visitor and
// their open room.
//
// A room that is closed or moved away leaves a vacancy under OPEN for two minutes, which
// names the room. Concurrent calls that open the next room see the same vacancy, and so
// count as one opening: a rate limit refuses none of them because of the others.
//
// Rate limits that several visitors share count actions within a minute of the clock, see
// package ratelimit. A repeated action, such as a retry after a lost answer, counts once.
//
// Every other change is computed from what was read, and written on the condition that
// the version is unchanged; the loser re-reads and retries. A change of several items is
// a transaction. No rule is checked through an index, because indexes lag: an index finds
// keys, and the item under the key decides.
//
// A message is written in one transaction with its room's item, which holds the room's
// figures and fixes the order of the messages. Messages are items of their own, so the
// cost of a message does not grow with the room.
//
// Closing moves a room from OPEN to its own key and writes its survey, in one
// transaction. The survey is a separate item, so that its facts and score can outlive the
// visitor, and sending it does not touch the room. GSI1 finds the surveys of a day. GSI2
// finds the due surveys, and the rooms of the list that agents see.
//
// Deleting a visitor first puts a tombstone under OPEN, so that no room can be opened for
// the visitor, or moved to them, while their items are deleted. The tombstone outlives
// every call that read the profile before. It names its visitor, because anyone who
// registers again with the same token is another visitor.
//
// GSI2 also finds the data that is kept for a limited time, by month and age. A run
// continues where the run before ended. Data whose lifetime is a setting does not use
// DynamoDB's time-to-live, so that a changed setting applies to existing data.
package store
