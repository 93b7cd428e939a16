package cost

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Limits of what a request may cost, in units: the table has a ceiling of units per
// second, so a cheap request that spends many of them is an outage.
const (
	mostVisitorReads = 40
	mostAgentReads   = 150
	// A visitor's write may cost some units, and three for each kilobyte that it brings.
	mostWrites, mostWritesPerKB = 8, 3
	mostRefusedReads            = 2
	// An agent's write has few rules: there are few agents, and they are known.
	mostAgentWrites = 56
	// The counter of a limit, for a visitor who exists.
	mostRefusedWrites = 1

	// The goal is 45 and 75. On a slow machine each process of a chat reads settings again.
	mostChatReads, mostChatWrites = 49, 75
	// Of a partition key that all chats share, per chat; of enough chats for a mean. Rooms
	// find their shard by a hash, so of a hundred chats some shards get up to 0.4 where 0.25
	// is their share.
	mostSharedReads, mostSharedWrites = 0.75, 0.4
	enoughChats                       = 100
)

// Exceeding returns what cost more than it may, and is not known to.
func (r Results) Exceeding() []string {
	var all []string
	over := func(what string, got, most float64, unit string) {
		if got > most {
			all = append(all, fmt.Sprintf("%s: %s %s units, %s at most", what, number(got), unit, number(most)))
		}
	}
	over("a chat", r.One.ReadUnits, mostChatReads, "read")
	over("a chat", r.One.WriteUnits, mostChatWrites, "write")
	for _, k := range r.Shared {
		if n := float64(r.Count); r.Count >= enoughChats && !perTime(k) {
			over("a chat, of "+k.Index+" "+k.PK, k.ReadUnits/n, mostSharedReads, "read")
			over("a chat, of "+k.Index+" "+k.PK, k.WriteUnits/n, mostSharedWrites, "write")
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

// perTime reports whether what the key costs follows from time and not from chats. The
// fewer chats there are in a second, the more of it comes to each: a process reads
// settings every four seconds and agents every second. A user's sign-in is that user's.
func perTime(k KeyUnits) bool {
	return slices.Contains([]string{"SETTINGS", "AGENTS"}, k.PK) || strings.HasPrefix(k.PK, "USER#")
}

// most is what the request may cost.
func (m Measured) most() (reads, writes float64) {
	if k := slices.IndexFunc(exceptions, func(e exception) bool { return e.of(m) }); k >= 0 {
		return exceptions[k].reads, exceptions[k].writes
	}
	writes = mostWrites + mostWritesPerKB*float64(m.Brought)/1024
	switch {
	case m.Kind == Refused:
		return mostRefusedReads, mostRefusedWrites
	case m.SignedIn:
		return mostAgentReads, writes + mostAgentWrites - mostWrites
	}
	return mostVisitorReads, writes
}

// exception is a request that may cost more, and why.
type exception struct {
	route         string // its beginning
	kind          Kind
	named         string // a part of the case's name
	reads, writes float64
	why           string
}

func (e exception) of(m Measured) bool {
	return strings.HasPrefix(m.Route, e.route) && e.kind == m.Kind && strings.Contains(m.Case, e.named)
}

const everything = 1 << 20

var exceptions = []exception{
	{http.MethodDelete + " " + API + "visitor/", Worst, "", everything, everything, "it erases all that there is of the visitor"},
	{http.MethodDelete + " " + API + "visitor/", Typical, "", everything, everything, "it erases all that there is of the visitor"},
	{http.MethodGet + " " + API + "room", Typical, "new", mostVisitorReads, 9, "a room, its first messages, its keys in two indexes"},
	{http.MethodGet + " " + API + "room", Worst, "new", mostVisitorReads, 13, "the same, with the longest names"},
	{http.MethodPost + " " + API + "room.close", Typical, "", mostVisitorReads, 17, "a room moves from key to key in table and indexes, and gets a survey"},
	{http.MethodPost + " " + API + "room.close", Worst, "", mostVisitorReads, 86, "reports get the text of 20 KB that was given before"},
	{http.MethodPost + " " + API + "room.survey", Typical, "closed", mostVisitorReads, 11, "room, entry and survey, and their keys in an index"},
	{http.MethodPost + " /s/", Typical, "", mostVisitorReads, 13, "the same, and the link's comment"},
	{http.MethodPost + " " + API + "room.survey", Worst, "5,000 emoji", mostVisitorReads, 145, "a text of 20 KB is kept whole, in the history, and for reports"},
	{http.MethodPost + " /s/", Worst, "5,000 emoji", mostVisitorReads, 145, "the same"},
	{http.MethodPost + " " + API + "visitor", Worst, "", mostVisitorReads, 20, "profile and room with the longest names are written anew"},
	{http.MethodPost + " " + API + "visitor.status", Worst, "", mostVisitorReads, 20, "the same"},
	{http.MethodDelete + " " + API + "message/", Worst, "", mostVisitorReads, 60, "a text of 20 KB is deleted"},
	{http.MethodPut + " " + API + "message/", Worst, "", mostVisitorReads, 60 + 68, "a text of 20 KB takes the place of another"},
	{"", Refused, "foreign room", 3, 0, "the visitor's rooms, the one that is asked for and settings are read side by side"},
	{"", Refused, "unknown id", 12, 1, "an agent's: what an index does not have yet is looked for again"},
	{http.MethodGet + " " + API + "survey.report", Worst, "", everything, 0, "it reads the days asked for"},
	{http.MethodGet + " " + API + "survey.report", Typical, "", everything, 0, "it reads the days asked for"},
}
