package survey

import "sync"

// maxRefusals is the number of refusals in a row after which a run stops delivering by a
// channel.
const maxRefusals = 3

// breaker is a circuit breaker for one channel within one run. It opens after maxRefusals
// refusals in a row. The channel's other due surveys then stay unchanged until the next
// run, which has a new breaker.
//
// A run starts with one delivery at a time. Each accepted delivery raises the limit of
// parallel deliveries by one, and a refusal resets the limit to one. So if a provider is
// busy from the start, a run calls it only maxRefusals times, regardless of Sender.AtOnce.
type breaker struct {
	lock             sync.Mutex
	changed          *sync.Cond
	running, allowed int
	refused          int
}

func newBreaker() *breaker {
	b := &breaker{allowed: 1}
	b.changed = sync.NewCond(&b.lock)
	return b
}

// enter waits for a delivery's turn and reports whether the delivery may begin. If so,
// the caller must call leave.
func (b *breaker) enter() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	for b.running >= b.allowed && !b.isOpen() {
		b.changed.Wait()
	}
	if b.isOpen() {
		return false
	}
	b.running++
	return true
}

// leave ends a delivery that entered, with the provider's outcome.
func (b *breaker) leave(o outcome) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.running--
	switch o {
	case accepted:
		b.refused = 0
		b.allowed++
	case refused:
		b.refused++
		b.allowed = 1
	}
	b.changed.Broadcast()
}

// open reports whether the breaker is open, so that no delivery can enter.
func (b *breaker) open() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.isOpen()
}

func (b *breaker) isOpen() bool { return b.refused >= maxRefusals }

// outcome says how a channel's provider reacted to a delivery.
type outcome int

const (
	// notCalled means that the provider was not called.
	notCalled outcome = iota
	// unanswered means that the provider may or may not have sent the message.
	unanswered
	// accepted means that the provider is not busy, even if it rejected the message.
	accepted
	// refused means that the provider is busy.
	refused
)

// outcomeOf returns the outcome for a result of [Channel.Deliver].
func outcomeOf(err error) outcome {
	if err == nil {
		return accepted
	}
	switch asDeliveryError(err).Fault {
	case Busy:
		return refused
	case Permanent:
		return accepted
	default:
		return unanswered
	}
}
