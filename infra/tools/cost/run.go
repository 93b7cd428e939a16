package cost

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Results holds all measurements.
type Results struct {
	Requests []Measured
	// One is a whole chat without concurrent chats.
	One Spent
	Chats
}

// Options configures a run.
type Options struct {
	Sizes
	// Chats is the number of chats. AtOnce is the number of chats that run in parallel.
	Chats, AtOnce int
	// Progress receives a line for each step.
	Progress io.Writer
}

// Run measures everything. It fails if a route was not measured.
func (c *Client) Run(ctx context.Context, o Options) (Results, error) {
	var results Results
	var err error
	fmt.Fprintf(o.Progress, "%d chats, %d in parallel …\n", o.Chats, o.AtOnce)
	if results.Chats, err = c.Chats(ctx, o.Chats, o.AtOnce); err != nil {
		return results, err
	}
	if _, results.One, err = c.Chat(ctx); err != nil {
		return results, err
	}
	r := &recorder{Client: c, ctx: ctx}
	fmt.Fprintln(o.Progress, "typical requests …")
	// Only the second pass counts, because then the caches of the functions' processes
	// are filled.
	for range 2 {
		r.typical()
	}
	fmt.Fprintln(o.Progress, "refused requests …")
	r.refused()
	fmt.Fprintln(o.Progress, "hostile data and worst requests …")
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
			return results, fmt.Errorf("no %s request was measured for: %s", kind, strings.Join(missing, ", "))
		}
	}
	return results, nil
}
