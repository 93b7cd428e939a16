package faults

import (
	"livechat/shared/livechat"
)

type visitor struct {
	token, id string
	room      *room // the visitor's open room
	// openUnknown means that the last opening may have created a room.
	openUnknown bool
}

type room struct {
	id    string
	owner *visitor
	// possibleOwner is another visitor who may have the room after a move with an unknown
	// outcome.
	possibleOwner *visitor
	open          bool
	// openUnknown means that it is not known whether the room is open.
	openUnknown bool
	// closings counts the calls that reported that they closed the room.
	closings int
	moves    int
	posted   []*postedMessage
	answers  []*surveyAnswer
}

// postedMessage is a message that a client posted. After an edit with an unknown outcome,
// texts holds more than one possible text.
type postedMessage struct {
	id           string
	texts        []string
	acknowledged bool
	// by is the visitor who posted the message. It is nil if the agent posted it.
	by *visitor
}

// surveyAnswer is a survey answer, with the numbers of calls that gave it and of calls
// that were acknowledged.
type surveyAnswer struct {
	text                string
	tried, acknowledged int
}

// opened is the answer to a call that opens a room.
type opened struct {
	Room    livechat.Room
	NewRoom bool

	// tries is how often the call was made.
	tries int
}
