// Package routing keeps right what routing goes by. Inside: the recount of
// agents' open rooms. Not inside: who gets a room, which is package livechat's.
package routing

import (
	"context"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Agents is what a recount needs of the store.
type Agents interface {
	// RecountAgents puts right the loads that are wrong before and after the pause,
	// and returns how many were.
	RecountAgents(ctx context.Context, pause time.Duration) (int, error)
}

// Recounter puts right the number of open rooms that agents are taken to have.
// Opening and closing a room move it beside their own write, without waiting for
// it: a call that dies between the two leaves it wrong.
type Recounter struct{ Agents Agents }

// Recount is what a run did.
type Recount struct {
	Corrected int `json:"corrected"`
}

// pause is far longer than a call takes from one of its writes to the other, and
// than the index lags: what is wrong for so long has drifted.
const pause = 5 * time.Second

// Run counts, and puts right what is wrong.
func (r Recounter) Run(ctx context.Context, _ livechat.Time) (Recount, error) {
	corrected, err := r.Agents.RecountAgents(ctx, pause)
	telemetry.Record(telemetry.LoadsCorrected, float64(corrected))
	return Recount{corrected}, err
}
