package telemetry

import (
	"encoding/json"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Metric is the name of a metric. CloudWatch extracts metrics from log lines in its embedded
// metric format, so counting costs no call.
type Metric string

// All metrics. Their unit is a count unless the comment says otherwise.
const (
	// RoomsOpened counts new rooms.
	RoomsOpened Metric = "RoomsOpened"
	// DuplicatesPrevented counts calls that lost a race to open the visitor's room.
	DuplicatesPrevented Metric = "DuplicatesPrevented"
	// RoomsClosed counts rooms that were closed.
	RoomsClosed Metric = "RoomsClosed"
	// RoomsMoved counts accepted moves of a room to a visitor.
	RoomsMoved Metric = "RoomsMoved"
	// RoomsTaken counts rooms that an agent took from the queue. RoomsForwarded counts
	// rooms that went to another agent or department.
	RoomsTaken     Metric = "RoomsTaken"
	RoomsForwarded Metric = "RoomsForwarded"
	// MessagesPosted counts messages of visitors and of agents.
	MessagesPosted Metric = "MessagesPosted"
	// SurveysAnswered counts accepted survey calls.
	SurveysAnswered Metric = "SurveysAnswered"
	// SurveysScheduled counts surveys that were scheduled at a room's closing.
	SurveysScheduled Metric = "SurveysScheduled"
	// SurveysSkipped counts surveys that will not be sent, for whatever reason.
	SurveysSkipped Metric = "SurveysSkipped"
	// SurveysSent counts invitations and reminders that a provider accepted.
	SurveysSent Metric = "SurveysSent"
	// SurveysFailed counts surveys that could not be delivered and became dead letters.
	SurveysFailed Metric = "SurveysFailed"
	// SurveyDelay is the longest time, in seconds, that a survey had been due.
	SurveyDelay Metric = "SurveyDelay"
	// SurveyMailShare is the reserved part, in percent, of the survey mails that may be
	// sent on the day.
	SurveyMailShare Metric = "SurveyMailShare"
	// SurveyMailsBounced counts survey mails that bounced permanently.
	// SurveyMailsComplained counts survey mails that their reader reported as spam.
	SurveyMailsBounced    Metric = "SurveyMailsBounced"
	SurveyMailsComplained Metric = "SurveyMailsComplained"
	// VisitorsRegistered counts registrations and updates of visitors.
	VisitorsRegistered Metric = "VisitorsRegistered"
	// VisitorsDeleted counts deleted visitors.
	VisitorsDeleted Metric = "VisitorsDeleted"
	// CallsLimited counts calls that a rate limit refused.
	CallsLimited Metric = "CallsLimited"
	// RoomsErased counts rooms that were erased because their retention period ended. The
	// next four metrics count erased answer histories, surveys, visitors and audit
	// entries.
	RoomsErased    Metric = "RoomsErased"
	AnswersErased  Metric = "AnswersErased"
	SurveysErased  Metric = "SurveysErased"
	VisitorsErased Metric = "VisitorsErased"
	AuditErased    Metric = "AuditErased"
	// Faults counts calls answered with a 5xx. Lambda's own error metric does not count
	// these calls, because Lambda regards every answer as a success.
	Faults Metric = "Faults"
)

// Namespace is the CloudWatch namespace of the metrics.
const Namespace = "livechat"

func unit(m Metric) string {
	switch m {
	case SurveyDelay:
		return "Seconds"
	case SurveyMailShare:
		return "Percent"
	default:
		return "Count"
	}
}

// dimensions returns the metric's dimension sets. Faults has the function and the version
// as dimensions, because the alarm that rolls back a deployment watches only the new
// version.
func dimensions(m Metric) [][]string {
	if m == Faults {
		return [][]string{{"Stack"}, {"Function", "Version"}}
	}
	return [][]string{{"Stack"}}
}

// counter writes the metric lines. Outside Lambda it discards them.
var counter = struct {
	lock  sync.Mutex
	out   io.Writer
	stack string
}{out: io.Discard}

// CountTo makes Record write metric lines to out, for the stack.
func CountTo(out io.Writer, stack string) {
	counter.lock.Lock()
	defer counter.lock.Unlock()
	counter.out, counter.stack = out, stack
}

// Count adds one to a metric.
func Count(m Metric) { Record(m, 1) }

// Record adds a value to a metric. It does not write zero, because a line costs money and
// missing data does not trigger an alarm.
func Record(m Metric, value float64) {
	if value == 0 {
		return
	}
	counter.lock.Lock()
	defer counter.lock.Unlock()
	line, err := json.Marshal(map[string]any{
		"_aws": map[string]any{
			"Timestamp": time.Now().UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  Namespace,
				"Dimensions": dimensions(m),
				"Metrics":    []any{map[string]any{"Name": m, "Unit": unit(m)}},
			}},
		},
		"Stack":    counter.stack,
		"Function": lambdacontext.FunctionName,
		"Version":  lambdacontext.FunctionVersion,
		string(m):  value,
	})
	if err == nil {
		_, err = counter.out.Write(append(line, '\n'))
	}
	if err != nil {
		slog.Warn("metric was not written", "metric", m, "error", err)
	}
}
