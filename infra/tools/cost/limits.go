package cost

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The limits of a request's cost, in units. The table has a maximum of units per second,
// so a request that is easy to send but consumes many units could cause an outage.
const (
	maxVisitorReads = 40
	maxAgentReads   = 150
	// A visitor's write may cost maxWrites, plus maxWritesPerKB for each kilobyte of its
	// body.
	maxWrites, maxWritesPerKB = 8, 3
	maxRefusedReads           = 2
	// Agents' writes may cost more, because there are few agents, and they are known.
	maxAgentWrites = 56
	// A refused request may write the counter of a rate limit.
	maxRefusedWrites = 1

	// The goal is 45 reads and 75 writes. On a slow machine, each process that a chat
	// uses reads the settings again.
	maxChatReads, maxChatWrites = 49, 75
	// Limits per chat for a partition key that all chats share. They are checked only if
	// there are enoughChats for a meaningful mean. A hash assigns rooms to shards, so
	// with a hundred chats some shards get up to 0.4 writes per chat instead of 0.25.
	maxSharedReads, maxSharedWrites = 0.75, 0.4
	enoughChats                     = 100
)

// Exceeding returns a line for each cost that is over its limit.
func (r Results) Exceeding() []string {
	var all []string
	over := func(what string, got, most float64, unit string) {
		if got > most {
			all = append(all, fmt.Sprintf("%s: %s %s units, %s at most", what, number(got), unit, number(most)))
		}
	}
	over("a chat", r.One.ReadUnits, maxChatReads, "read")
	over("a chat", r.One.WriteUnits, maxChatWrites, "write")
	for _, k := range r.Shared {
		if n := float64(r.Count); r.Count >= enoughChats && !perTime(k) {
			over("a chat, of "+k.Index+" "+k.PK, k.ReadUnits/n, maxSharedReads, "read")
			over("a chat, of "+k.Index+" "+k.PK, k.WriteUnits/n, maxSharedWrites, "write")
		}
	}
	for _, m := range r.Requests {
		reads, writes := m.most()
		what := fmt.Sprintf("%s, %s, %s", m.Route, m.Kind, m.Case)
		over(what, m.ReadUnits, reads, "read")
		over(what, m.WriteUnits, writes, "write")
	}
	return all
}

// perTime reports whether the key's cost does not depend on the number of chats. A
// process reads settings every four seconds and agents every second, so their cost per
// chat is higher the fewer chats there are per second. The keys of users are read when
// they sign in.
func perTime(k KeyUnits) bool {
	return slices.Contains([]string{"SETTINGS", "AGENTS"}, k.PK) || strings.HasPrefix(k.PK, "USER#")
}

// most returns the limits of the request's cost.
func (m Measured) most() (reads, writes float64) {
	if k := slices.IndexFunc(exceptions, func(e exception) bool { return e.of(m) }); k >= 0 {
		return exceptions[k].reads, exceptions[k].writes
	}
	writes = maxWrites + maxWritesPerKB*float64(m.Brought)/1024
	switch {
	case m.Kind == Refused:
		return maxRefusedReads, maxRefusedWrites
	case m.SignedIn:
		return maxAgentReads, writes + maxAgentWrites - maxWrites
	}
	return maxVisitorReads, writes
}

// exception sets higher limits for the requests that it matches, and gives the reason.
type exception struct {
	route         string // a prefix of the route
	kind          Kind
	named         string // a part of the case
	reads, writes float64
	why           string
}

func (e exception) of(m Measured) bool {
	return strings.HasPrefix(m.Route, e.route) && e.kind == m.Kind && strings.Contains(m.Case, e.named)
}

const everything = 1 << 20

var exceptions = []exception{
	{http.MethodDelete + " " + API + "visitor/", Worst, "", everything, everything, "it erases all of the visitor's data"},
	{http.MethodDelete + " " + API + "visitor/", Typical, "", everything, everything, "it erases all of the visitor's data"},
	{http.MethodGet + " " + API + "room", Typical, "new", maxVisitorReads, 9, "a room, its first messages, its keys in two indexes"},
	{http.MethodGet + " " + API + "room", Worst, "new", maxVisitorReads, 13, "the same, with the longest names"},
	{http.MethodPost + " " + API + "room.close", Typical, "", maxVisitorReads, 17,
		"a room moves from key to key in table and indexes, and gets a survey"},
	{http.MethodPost + " " + API + "room.close", Worst, "", maxVisitorReads, 86, "the reports get the earlier text of 20 KB"},
	{http.MethodPost + " " + API + "room.survey", Typical, "closed", maxVisitorReads, 11,
		"room, entry and survey, and their keys in an index"},
	{http.MethodPost + " /s/", Typical, "", maxVisitorReads, 13, "the same, and the link's comment"},
	{http.MethodPost + " " + API + "room.survey", Worst, "5,000 emoji", maxVisitorReads, 145,
		"a text of 20 KB is stored in full, in the history and for reports"},
	{http.MethodPost + " /s/", Worst, "5,000 emoji", maxVisitorReads, 145, "the same"},
	{http.MethodPost + " " + API + "visitor", Worst, "", maxVisitorReads, 20, "profile and room with the longest names are rewritten"},
	{http.MethodPost + " " + API + "visitor.status", Worst, "", maxVisitorReads, 20, "the same"},
	{http.MethodDelete + " " + API + "message/", Worst, "", maxVisitorReads, 60, "a text of 20 KB is deleted"},
	{http.MethodPut + " " + API + "message/", Worst, "", maxVisitorReads, 60 + 68, "a text of 20 KB replaces another"},
	{"", Refused, "foreign room", 3, 0, "the visitor's rooms, the requested room and the settings are read in parallel"},
	{"", Refused, "unknown id", 12, 1, "for agents: an item that is not yet in an index is read again"},
	{http.MethodGet + " " + API + "survey.report", Worst, "", everything, 0, "it reads the requested days"},
	{http.MethodGet + " " + API + "survey.report", Typical, "", everything, 0, "it reads the requested days"},
}
