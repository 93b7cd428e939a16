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

// drifts are problems that may remain after tests that move the clock or let calls die.
// The next run of a schedule repairs them.
var drifts = []string{"survey-stuck", "expired"}

// Verified returns an error if the table is inconsistent after the tests.
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
