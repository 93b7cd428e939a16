package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/verify"
)

// drifts are what may be wrong after tests that move the clock, and have calls die in
// the middle: the next run of a schedule puts it right.
var drifts = []string{"survey-stuck", "expired"}

// Verified fails when the table does not fit together, after all that the tests have
// done to it.
func (s *System) Verified(ctx context.Context) error {
	var all []error
	_, err := verify.Verification{
		Store: s.store, Settle: time.Second, Now: func() livechat.Time { return livechat.At(time.Now()) },
		Found: func(p verify.Problem) {
			if !slices.Contains(drifts, p.Kind) {
				all = append(all, fmt.Errorf("the table has a problem: %s: %s [%v]", p.Kind, p.Says, p.Key))
			}
		},
	}.Run(ctx)
	return errors.Join(append(all, err)...)
}
