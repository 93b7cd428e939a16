package faults

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/verify"
)

// verify checks the table's consistency, and that every answer matched the API
// description.
func (s *System) verify(ctx context.Context, t *tally) error {
	var clock struct{ Now time.Time }
	if err := s.read(ctx, "clock", &clock); err != nil {
		return err
	}
	var answers struct {
		Requests []struct{ Method, Path, Undescribed string }
	}
	if err := s.read(ctx, "undescribed", &answers); err != nil {
		return err
	}
	for _, a := range answers.Requests {
		t.violated(wrong, fmt.Sprintf("an answer of %s %s does not match the API description: %s", a.Method, a.Path, a.Undescribed), nil)
	}
	_, err := verify.Verification{
		Store: s.store, // there are no calls, so nothing has to settle
		Now:   func() livechat.Time { return livechat.At(clock.Now) },
		Found: func(p verify.Problem) {
			t.violated(wrong, fmt.Sprintf("the table: %s: %s", p.Kind, p.Says), nil)
		},
	}.Run(ctx)
	return err
}
