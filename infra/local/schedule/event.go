package schedule

import (
	"crypto/rand"
	"fmt"
	"strings"

	"livechat/infra/local/template"
)

// Event returns the event that the function's schedule would send now. It returns false
// for a function without a schedule.
func (s *Scheduler) Event(function string) ([]byte, bool) {
	for _, sched := range s.schedules {
		if sched.Function == function {
			return occurrence{sched, s.o.Clock.Now()}.event(executionID()), true
		}
	}
	return nil, false
}

// event returns the schedule's input with the scheduler's placeholders replaced. If the
// schedule has no input, event returns the scheduler's default event. The attempt number
// is always 1, because the scheduler delivers an event once, and Lambda's retries pass
// the identical event.
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
