package faults

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/verify"
)

// verify has every item of the table hold what the service takes for granted, and
// every answer what its description says.
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
		t.violated(wrong, fmt.Sprintf("an answer of %s %s is not as the API's description says: %s", a.Method, a.Path, a.Undescribed), nil)
	}
	_, err := verify.Verification{
		Store: s.store, // nobody calls it meanwhile, so nothing has to settle
		Now:   func() livechat.Time { return livechat.At(clock.Now) },
		Found: func(p verify.Problem) {
			t.violated(wrong, fmt.Sprintf("the table: %s: %s", p.Kind, p.Says), nil)
		},
	}.Run(ctx)
	return err
}
