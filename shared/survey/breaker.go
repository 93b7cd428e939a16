package survey

import "sync"

// maxRefusals is how many deliveries in a row a channel's provider refuses as busy until
// a run tries no more of them.
const maxRefusals = 3

// breaker is a circuit breaker for one channel within one run. It opens after maxRefusals
// refusals in a row: what is due by the channel then stays as it is, unwritten, for the
// next run, which begins with a breaker of its own and so tries again. Deliveries begin
// one at a time; each that the provider takes allows one more at once, and a refusal goes
// back to one, so that a busy provider is asked maxRefusals times a run, however many
// deliveries run in parallel.
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

// enter waits for a delivery's turn and reports whether it may begin; leave must follow
// if so.
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

// leave ends a delivery that entered. The outcome is what the provider said.
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

// open reports whether no delivery can enter any more.
func (b *breaker) open() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.isOpen()
}

func (b *breaker) isOpen() bool { return b.refused >= maxRefusals }

// outcome is what a delivery tells of its channel's provider.
type outcome int

const (
	// notAsked: nothing; the provider was not asked.
	notAsked outcome = iota
	// unanswered: nothing; the message may be out, or not.
	unanswered
	// accepted: the provider has time, whatever it said of the message.
	accepted
	// refused: the provider is busy.
	refused
)

// outcomeOf returns what the result of a Channel's Deliver tells.
func outcomeOf(err error) outcome {
	if err == nil {
		return accepted
	}
	switch asFault(err).Fault {
	case Busy:
		return refused
	case Permanent:
		return accepted
	default:
		return unanswered
	}
}
