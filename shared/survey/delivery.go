package survey

import (
	"context"

	"livechat/shared/livechat"
)

// Delivery is one message to one visitor.
type Delivery struct {
	// ID is the message's identity, the same for every attempt: a provider that
	// knows it already must not deliver again. It tells nothing of the room.
	ID string
	// Kind is livechat.Invitation or livechat.Reminder.
	Kind    string
	Survey  livechat.Survey
	Visitor livechat.Visitor
	// Link leads to the survey's page, and takes a visitor's wish not to be
	// asked again (RFC 8058).
	Link string
	// Language is one of livechat.Languages.
	Language string
	// At is the time of the delivery.
	At       livechat.Time
	Settings livechat.DeliverySettings
}

// Channel delivers messages.
type Channel interface {
	// Deliver returns nil once the message is on its way, and a DeliveryError
	// otherwise. What is not known to be one of these is Temporary.
	Deliver(ctx context.Context, d Delivery) error
}

// Fault says what a failed delivery means for the next one.
type Fault int

// The faults.
const (
	// Temporary: it may succeed later, and is tried again some times.
	Temporary Fault = iota
	// Busy: the provider wants less at a time. It says nothing about the
	// message, and costs it no attempt.
	Busy
	// Permanent: it will not succeed as it is.
	Permanent
)

// DeliveryError is the error of a delivery that failed. Its text holds no
// address, no name and no secret: it is kept with the survey, and logged.
type DeliveryError struct {
	Fault Fault
	// Text says what the provider said, in short.
	Text string
}

func (e *DeliveryError) Error() string { return e.Text }
