package faults

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

func (v *visit) call(ctx context.Context, method, path string, body any) answer {
	// The clients finish a call that they have begun, even after the time is up.
	a := v.system.call(context.WithoutCancel(ctx), method, path, body, v.processesDie)
	v.tally.count(a)
	v.note("%s %s %v: %s", method, path, body, a)
	if a.wrong != "" {
		v.violated(wrong, "%s: %s %s: %s", a.wrong, method, path, a)
	}
	return a
}

const maxTries = 8

// callUntilKnown repeats a call until its outcome is known. It returns the number of tries.
func (v *visit) callUntilKnown(ctx context.Context, method, path string, body any) (answer, int) {
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
func (v *visit) requireAcknowledged(a answer, what string) error {
	switch {
	case a.outcome == acknowledged:
		return nil
	case a.outcome == refused && a.status != http.StatusTooManyRequests:
		v.violated(wrong, "%s was refused, but no rule forbids it: %s", what, a.reason())
	}
	return errOutcomeUnknown
}

// concurrently makes n parallel calls and returns their answers.
func concurrently(n int, call func(i int) answer) []answer {
	answers := make([]answer, n)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() { answers[i] = call(i) })
	}
	calls.Wait()
	return answers
}

// text returns a unique text.
func (v *visit) text(what string) string {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.texts++
	return fmt.Sprintf("%s %s %d", what, v.visitors[0].token, v.texts)
}

func (v *visit) note(format string, args ...any) {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.history = append(v.history, fmt.Sprintf("%7.3f ", time.Since(v.began).Seconds())+fmt.Sprintf(format, args...))
}

func (v *visit) violated(k kind, format string, args ...any) {
	v.lock.Lock()
	history := slices.Clone(v.history)
	v.lock.Unlock()
	v.tally.violated(k, fmt.Sprintf(format, args...), history)
}
