package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"livechat/shared/livechat"
)

// session is one visit, in which two visitors and an agent act one after another or in
// parallel. It records everything that they know. If the outcome of a call is unknown,
// they repeat the call, like a person. If the outcome stays unknown, the visit ends.
type session struct {
	system       *System
	tally        *tally
	processesDie bool // processes may die
	noFaults     bool // nothing fails
	random       *rand.Rand
	began        time.Time

	visitors [2]*visitor
	rooms    []*room

	lock    sync.Mutex
	history []string
	texts   int
}

type visitor struct {
	token, id string
	room      *room // the visitor's open room
	// openUnknown means that the last opening may have created a room.
	openUnknown bool
}

type room struct {
	id    string
	owner *visitor
	// possibleOwner is another visitor who may have the room after an unclear move.
	possibleOwner *visitor
	open          bool
	// unclear means that it is not known whether the room is open.
	unclear bool
	// closings counts the calls that reported that they closed the room.
	closings int
	moves    int
	said     []*postedMessage
	answers  []*surveyAnswer
}

// postedMessage is a message that the session posted. After an edit with an unknown
// outcome, texts holds more than one possible text.
type postedMessage struct {
	id      string
	texts   []string
	certain bool
	// by is the visitor who posted the message. It is nil if the agent posted it.
	by *visitor
}

// surveyAnswer is one survey answer.
type surveyAnswer struct {
	text                string
	tried, acknowledged int
}

// errOutcomeUnknown means that an outcome stayed unknown, and that the visit has ended.
var errOutcomeUnknown = errors.New("the outcome stayed unclear")

const maxTries = 8

func (v *session) note(format string, args ...any) {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.history = append(v.history, fmt.Sprintf("%7.3f ", time.Since(v.began).Seconds())+fmt.Sprintf(format, args...))
}

func (v *session) violated(k kind, format string, args ...any) {
	v.lock.Lock()
	history := slices.Clone(v.history)
	v.lock.Unlock()
	v.tally.violated(k, fmt.Sprintf(format, args...), history)
}

// text returns a unique text.
func (v *session) text(what string) string {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.texts++
	return fmt.Sprintf("%s %s %d", what, v.visitors[0].token, v.texts)
}

func (v *session) call(ctx context.Context, method, path string, body any) answer {
	// The clients finish a call that they have begun, even after the time is up.
	a := v.system.call(context.WithoutCancel(ctx), method, path, body, v.processesDie)
	v.tally.count(a)
	v.note("%s %s %v: %s", method, path, body, a)
	if a.wrong != "" {
		v.violated(wrong, "%s: %s %s: %s", a.wrong, method, path, a)
	}
	return a
}

// callUntilKnown repeats a call until its outcome is known. It returns the number of tries.
func (v *session) callUntilKnown(ctx context.Context, method, path string, body any) (answer, int) {
	for tries := 1; ; tries++ {
		a := v.call(ctx, method, path, body)
		if a.outcome != unknown && a.status != http.StatusTooManyRequests || tries == maxTries {
			return a, tries
		}
		// Back off like a person, but for less time than Retry-After demands, so that a
		// trial has many calls.
		time.Sleep(time.Duration(tries) * 100 * time.Millisecond)
	}
}

// requireAcknowledged returns an error unless the call was acknowledged. A refusal is a
// violation, because no rule forbids the call.
func (v *session) requireAcknowledged(a answer, what string) error {
	switch {
	case a.outcome == acknowledged:
		return nil
	case a.outcome == refused && a.status != http.StatusTooManyRequests:
		v.violated(wrong, "%s was refused, but no rule forbids it: %s", what, a.reason())
	}
	return errOutcomeUnknown
}

// live lets the visitors act at random.
func (v *session) live(ctx context.Context) error {
	for i := range v.visitors {
		v.visitors[i] = &visitor{token: livechat.NewID()}
	}
	for _, one := range v.visitors {
		if err := v.register(ctx, one); err != nil {
			return err
		}
	}
	for steps := 8 + v.random.IntN(16); steps > 0 && !isOver(ctx); steps-- {
		if err := v.step(ctx); err != nil {
			return err
		}
	}
	if isOver(ctx) {
		return nil
	}
	return v.leave(ctx)
}

func isOver(ctx context.Context) bool { return ctx.Err() != nil }

func (v *session) step(ctx context.Context) error {
	who := v.visitors[v.random.IntN(2)]
	if who.room == nil {
		if len(v.rooms) > 0 && v.random.IntN(3) == 0 {
			return v.afterwards(ctx, v.rooms[v.random.IntN(len(v.rooms))])
		}
		return v.open(ctx, who)
	}
	r := who.room
	switch n := v.random.IntN(100); {
	case n < 30:
		return v.say(ctx, r)
	case n < 40:
		return v.sayAtOnce(ctx, r)
	case n < 52:
		return v.agentSays(ctx, r)
	case n < 62:
		return v.edit(ctx, r)
	case n < 72:
		return v.answer(ctx, r)
	case n < 78:
		return v.open(ctx, who)
	case n < 86:
		return v.move(ctx, r, v.other(who))
	case n < 94:
		return v.readBack(ctx, r)
	default:
		return v.close(ctx, r)
	}
}

// afterwards performs one of the actions that are possible in a closed room.
func (v *session) afterwards(ctx context.Context, r *room) error {
	switch v.random.IntN(3) {
	case 0:
		return v.answer(ctx, r)
	case 1:
		return v.move(ctx, r, v.other(r.owner))
	default:
		return v.readBack(ctx, r)
	}
}

// leave closes most rooms and answers some surveys.
func (v *session) leave(ctx context.Context) error {
	for _, r := range v.rooms {
		if r.open && v.random.IntN(5) > 0 {
			if err := v.close(ctx, r); err != nil {
				return err
			}
		}
		if v.random.IntN(3) == 0 {
			if err := v.answer(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *session) other(who *visitor) *visitor {
	if who == v.visitors[0] {
		return v.visitors[1]
	}
	return v.visitors[0]
}

func (v *session) roomWith(id string) *room {
	for _, r := range v.rooms {
		if r.id == id {
			return r
		}
	}
	return nil
}
