package cost

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Results are all that was measured.
type Results struct {
	Requests []Measured
	// One is a whole chat, without others at the same time.
	One Spent
	Chats
}

// Options of a run.
type Options struct {
	Sizes
	// Chats are had, AtOnce of them at once.
	Chats, AtOnce int
	// Progress gets a line for each step.
	Progress io.Writer
}

// Run measures everything. A route that is not measured is an error.
func (c *Client) Run(ctx context.Context, o Options) (Results, error) {
	var results Results
	var err error
	fmt.Fprintf(o.Progress, "%d chats, %d at once …\n", o.Chats, o.AtOnce)
	if results.Chats, err = c.Chats(ctx, o.Chats, o.AtOnce); err != nil {
		return results, err
	}
	if _, results.One, err = c.Chat(ctx); err != nil {
		return results, err
	}
	r := &recorder{Client: c, ctx: ctx}
	fmt.Fprintln(o.Progress, "typical requests …")
	// The second time, the caches of the functions' processes are filled.
	for range 2 {
		r.typical()
	}
	fmt.Fprintln(o.Progress, "refused requests …")
	r.refused()
	fmt.Fprintln(o.Progress, "hostile data, and the worst requests …")
	r.worst(o.Sizes)
	results.Requests = r.all
	if r.err != nil {
		return results, r.err
	}
	for _, kind := range []Kind{Typical, Worst} {
		missing, err := c.Missing(ctx, r.all, kind)
		if err != nil {
			return results, err
		}
		if len(missing) > 0 {
			return results, fmt.Errorf("no %s request is measured of: %s", kind, strings.Join(missing, ", "))
		}
	}
	return results, nil
}
