package telemetry

import (
	"encoding/json"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Metric is what is counted. CloudWatch makes metrics of the log lines that
// say so (its embedded metric format), so that counting costs no call.
type Metric string

// All metrics there are; the unit of each is a count, but for those that say
// otherwise.
const (
	// RoomsOpened counts new rooms.
	RoomsOpened Metric = "RoomsOpened"
	// DuplicatesPrevented counts calls that would have opened a second room for
	// a visitor, had another not been faster.
	DuplicatesPrevented Metric = "DuplicatesPrevented"
	// RoomsClosed counts rooms that were closed.
	RoomsClosed Metric = "RoomsClosed"
	// RoomsMoved counts accepted moves of a room to a visitor.
	RoomsMoved Metric = "RoomsMoved"
	// RoomsTaken counts rooms that an agent took from the queue, RoomsForwarded
	// those that went to another agent or department.
	RoomsTaken     Metric = "RoomsTaken"
	RoomsForwarded Metric = "RoomsForwarded"
	// MessagesPosted counts messages of visitors and of agents.
	MessagesPosted Metric = "MessagesPosted"
	// SurveysAnswered counts accepted survey calls.
	SurveysAnswered Metric = "SurveysAnswered"
	// SurveysScheduled counts surveys that a closing scheduled.
	SurveysScheduled Metric = "SurveysScheduled"
	// SurveysSkipped counts surveys that will not be sent, for whatever reason.
	SurveysSkipped Metric = "SurveysSkipped"
	// SurveysSent counts invitations and reminders that are on their way.
	SurveysSent Metric = "SurveysSent"
	// SurveysFailed counts surveys that could not be delivered and are dead
	// letters now.
	SurveysFailed Metric = "SurveysFailed"
	// SurveyDelay is for how many seconds the survey that is longest due has
	// waited.
	SurveyDelay Metric = "SurveyDelay"
	// SurveyMailShare is how many of the survey mails that a day may have are reserved, in
	// percent.
	SurveyMailShare Metric = "SurveyMailShare"
	// SurveyMailsBounced counts survey mails that an address does not take, for good;
	// SurveyMailsComplained those that their reader reported as spam.
	SurveyMailsBounced    Metric = "SurveyMailsBounced"
	SurveyMailsComplained Metric = "SurveyMailsComplained"
	// VisitorsRegistered counts registrations and updates of visitors.
	VisitorsRegistered Metric = "VisitorsRegistered"
	// VisitorsDeleted counts deleted visitors.
	VisitorsDeleted Metric = "VisitorsDeleted"
	// CallsLimited counts calls that a limit refused.
	CallsLimited Metric = "CallsLimited"
	// RoomsErased counts rooms that were kept for as long as they shall be, and so do
	// the others: histories of answers, surveys, visitors, audit entries.
	RoomsErased    Metric = "RoomsErased"
	AnswersErased  Metric = "AnswersErased"
	SurveysErased  Metric = "SurveysErased"
	VisitorsErased Metric = "VisitorsErased"
	AuditErased    Metric = "AuditErased"
	// Faults counts calls answered with a 5xx. Lambda's own metric of errors
	// does not have them: for Lambda, an answer is a success.
	Faults Metric = "Faults"
)

// Namespace is where CloudWatch shows the metrics.
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

// dimensions are what a metric is told apart by. Faults are known by function
// and version: the alarm that ends a deployment watches the new version alone.
func dimensions(m Metric) [][]string {
	if m == Faults {
		return [][]string{{"Function"}, {"Function", "Version"}}
	}
	return [][]string{{"Stack"}}
}

// counter writes the metric lines. Outside of Lambda it writes none.
var counter = struct {
	lock  sync.Mutex
	out   io.Writer
	stack string
}{out: io.Discard}

// CountTo has the metric lines written to out, for the named stack.
func CountTo(out io.Writer, stack string) {
	counter.lock.Lock()
	defer counter.lock.Unlock()
	counter.out, counter.stack = out, stack
}

// Count adds one to a metric.
func Count(m Metric) { Record(m, 1) }

// Record adds a value to a metric. Zero is not written: a line costs, and missing
// data is none to an alarm.
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
		slog.Warn("metric is not counted", "metric", m, "error", err)
	}
}
