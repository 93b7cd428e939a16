package schedule

import (
	"crypto/rand"
	"fmt"
	"strings"

	"livechat/infra/local/template"
)

// Event returns the event with which the function's schedule would wake it now;
// false for a function without one.
func (s *Scheduler) Event(function string) ([]byte, bool) {
	for _, sched := range s.schedules {
		if sched.Function == function {
			return occurrence{sched, s.o.Clock.Now()}.event(executionID()), true
		}
	}
	return nil, false
}

// event is the schedule's input with what the scheduler knows put in, or the
// scheduler's own. The attempt is always the first: the scheduler hands an event
// over, and when its function fails, Lambda tries the very same again.
func (o occurrence) event(id string) []byte {
	arn := "arn:aws:scheduler:" + template.Region + ":" + template.Account + ":schedule/default/" + o.Function + o.Name
	at := o.at.UTC().Format("2006-01-02T15:04:05Z")
	if o.Input == "" {
		return fmt.Appendf(nil, `{"version":"0","id":%q,"detail-type":"Scheduled Event","source":"aws.scheduler",`+
			`"account":%q,"time":%q,"region":%q,"resources":[%q],"detail":"{}"}`, id, template.Account, at, template.Region, arn)
	}
	return []byte(strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", arn,
		"<aws.scheduler.scheduled-time>", at,
		"<aws.scheduler.execution-id>", id,
		"<aws.scheduler.attempt-number>", "1",
	).Replace(o.Input))
}

func executionID() string { return strings.ToLower(rand.Text()) }
