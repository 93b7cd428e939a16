package survey

import (
	"context"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// Delivery is one message to one visitor.
type Delivery struct {
	// ID identifies the message and is the same for every attempt. A provider that has
	// seen the ID must not deliver the message again. The ID reveals nothing about the
	// room.
	ID string
	// Kind is livechat.Invitation or livechat.Reminder.
	Kind    string
	Survey  livechat.Survey
	Visitor livechat.Visitor
	// Link leads to the survey's page, and accepts one-click unsubscription (RFC 8058).
	Link string
	// Language is one of livechat.Languages.
	Language string
	// At is the time of the delivery.
	At       livechat.Time
	Settings settings.Delivery
	// Brand is that of the survey's department.
	Brand settings.Brand
}

// Channel delivers messages.
type Channel interface {
	// Deliver returns nil if the provider accepted the message, else a DeliveryError. Any
	// other error counts as Temporary.
	Deliver(ctx context.Context, d Delivery) error
}

// Fault says whether and how a failed delivery is retried.
type Fault int

// The faults.
const (
	// Temporary means that the delivery may succeed later. It is retried a few times.
	Temporary Fault = iota
	// Busy means that the provider throttles. The refusal is not about the message, so
	// the delivery does not count as an attempt.
	Busy
	// Permanent means that the delivery cannot succeed without a change.
	Permanent
)

// DeliveryError is the error of a failed delivery. Its text must not contain an address,
// a name or a secret, because it is stored with the survey and logged.
type DeliveryError struct {
	Fault Fault
	// Text sums up the provider's answer.
	Text string
}

func (e *DeliveryError) Error() string { return e.Text }
