package database

import (
	"context"
	"net/http"
	"time"

	"livechat/infra/local/fault"
)

// applyFaults handles the call with the faults that strike it.
func (p *Proxy) applyFaults(line *ProcessAddress, r *http.Request, operation string, body []byte) answer {
	if p.o.Faults == nil {
		return p.forward(r, body)
	}
	s := p.o.Faults.Strike(line.function, operation)
	if !pause(r.Context(), s.Before) {
		return answer{fate: isLost}
	}
	a := p.applyFault(s, line, r, operation, body)
	if !pause(r.Context(), s.After) {
		return a.lost()
	}
	return a
}

func (p *Proxy) applyFault(s fault.Strike, line *ProcessAddress, r *http.Request, operation string, body []byte) answer {
	switch s.Kind {
	case fault.Throttle:
		return p.throttled(s, r, operation, body)
	case fault.Conflict:
		return conflicted(s, operation, body)
	case "":
		return p.forward(r, body)
	}
	var done answer
	if s.Done {
		done = p.forward(r, body)
	}
	switch s.Kind {
	case fault.Kill:
		line.kill()
		return done.lost()
	case fault.Error:
		failed := internalError
		failed.consumed = done.consumed
		return failed
	case fault.Cut:
		done.fate = endsInTheMiddle
		return done
	default:
		return done.lost()
	}
}

// pause waits for d. It returns false if the caller goes away first.
func pause(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
