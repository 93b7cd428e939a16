package process

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrEnded says that a child ended before it answered.
var ErrEnded = errors.New("it ended while starting")

// AwaitAnswer polls the address until it answers, with any status. It returns ErrEnded if
// ended is closed first, and the cause if ctx ends.
func AwaitAnswer(ctx context.Context, url string, ended <-chan struct{}, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !answers(ctx, url) {
		select {
		case <-ended:
			return ErrEnded
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
	return nil
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return true
}
