package faults

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"livechat/shared/livechat"
)

// visit is a series of calls by two visitors and an agent, one after another or in
// parallel. Its model records everything that they know. If the outcome of a call is
// unknown, they repeat the call, like a person. If the outcome stays unknown, the visit
// ends.
type visit struct {
	system       *System
	tally        *tally
	processesDie bool // processes may die
	noFaults     bool // nothing fails
	random       *rand.Rand
	began        time.Time

	// The model.
	visitors [2]*visitor
	rooms    []*room

	lock    sync.Mutex // guards the fields below
	history []string
	texts   int // number of texts that text has returned
}

// errOutcomeUnknown means that an outcome stayed unknown, and that the visit has ended.
var errOutcomeUnknown = errors.New("the outcome stayed unknown")

// run lets the visitors act at random, until ctx ends or an outcome stays unknown.
func (v *visit) run(ctx context.Context) error {
	for i := range v.visitors {
		v.visitors[i] = &visitor{token: livechat.NewID()}
	}
	for _, who := range v.visitors {
		if err := v.register(ctx, who); err != nil {
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

func (v *visit) step(ctx context.Context) error {
	who := v.visitors[v.random.IntN(2)]
	if who.room == nil {
		if len(v.rooms) > 0 && v.random.IntN(3) == 0 {
			return v.actInClosedRoom(ctx, v.rooms[v.random.IntN(len(v.rooms))])
		}
		return v.open(ctx, who)
	}
	r := who.room
	switch n := v.random.IntN(100); {
	case n < 30:
		return v.postMessage(ctx, r)
	case n < 40:
		return v.postConcurrently(ctx, r)
	case n < 52:
		return v.postAsAgent(ctx, r)
	case n < 62:
		return v.edit(ctx, r)
	case n < 72:
		return v.answerSurvey(ctx, r)
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

// actInClosedRoom performs one of the actions that are possible in a closed room.
func (v *visit) actInClosedRoom(ctx context.Context, r *room) error {
	switch v.random.IntN(3) {
	case 0:
		return v.answerSurvey(ctx, r)
	case 1:
		return v.move(ctx, r, v.other(r.owner))
	default:
		return v.readBack(ctx, r)
	}
}

// leave closes most rooms and answers some surveys.
func (v *visit) leave(ctx context.Context) error {
	for _, r := range v.rooms {
		if r.open && v.random.IntN(5) > 0 {
			if err := v.close(ctx, r); err != nil {
				return err
			}
		}
		if v.random.IntN(3) == 0 {
			if err := v.answerSurvey(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *visit) other(who *visitor) *visitor {
	if who == v.visitors[0] {
		return v.visitors[1]
	}
	return v.visitors[0]
}

func (v *visit) roomWith(id string) *room {
	for _, r := range v.rooms {
		if r.id == id {
			return r
		}
	}
	return nil
}
