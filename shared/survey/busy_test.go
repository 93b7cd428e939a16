package survey_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

var errBusy = &survey.DeliveryError{Fault: survey.Busy, Text: "TooManyRequestsException: slow down"}

// TestBusyProviderIsAskedFewTimes checks a run with 60 due surveys and 32 parallel
// deliveries. It tries three surveys and leaves the others unwritten. Surveys of another
// channel are sent.
func TestBusyProviderIsAskedFewTimes(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyChannels": "email,webhook", "surveyWebhookUrl": "https://www.example.com/hook"})
	w.fill(t, 60)
	for range 10 {
		w.closed(w.visitor(""))
	}
	w.now = w.now.Add(time.Hour)
	tries := 0
	w.mailbox.fail = func(d survey.Delivery) error {
		if len(d.Visitor.Emails) == 0 {
			return nil
		}
		tries++
		return errBusy
	}
	sender := w.sender()
	sender.AtOnce = 32
	result, err := sender.Run(t.Context(), w.now)
	w.must(err)
	if tries != 3 || result.Sent != 10 || result.Postponed != 3 || !result.Busy {
		t.Errorf("%d tries, %+v", tries, result)
	}
	written, links := 0, 0
	for _, s := range w.surveys() {
		if s.Refusals > 0 {
			written++
		}
		if s.State == livechat.SurveyScheduled {
			links += len(s.Links)
		}
	}
	if written != 3 || links != 0 {
		t.Errorf("%d surveys were written, refused messages left %d links", written, links)
	}
	w.mailbox.fail = nil
	if result := w.after(time.Minute); result.Sent != 60 || result.Busy {
		t.Errorf("no longer busy: %+v", result)
	}
	w.wantMessages(70)
	w.wantOneLinkEach()
}

// TestOneBusyRecipientIsInNobodysWay checks that refusals of one message do not hold up
// the messages that the provider accepts.
func TestOneBusyRecipientIsInNobodysWay(t *testing.T) {
	w := newWorld(t, nil)
	w.fill(t, 40)
	throttled := w.closed(w.visitor("throttle@example.com"))
	w.now = w.now.Add(time.Hour)
	w.mailbox.fail = func(d survey.Delivery) error {
		if d.Survey.RoomID == throttled.ID {
			return errBusy
		}
		return nil
	}
	if result := w.run(); result.Sent != 40 || result.Busy {
		t.Errorf("%+v", result)
	}
}

// TestBusyIsWaitedForLongerEachTime checks the back-off: it doubles up to an hour, less a
// jitter.
func TestBusyIsWaitedForLongerEachTime(t *testing.T) {
	s := livechat.Survey{RoomID: "room", State: livechat.SurveyScheduled, ExpiresAt: monday.Add(14 * 24 * time.Hour)}
	differ := map[time.Duration]bool{}
	for n, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		want *= time.Minute
		s.Links = []string{"out", "refused"}
		next, link := survey.Refused(s, errBusy, monday)
		wait := next.DueAt.Sub(monday)
		if wait > want || wait <= want/2 {
			t.Errorf("the wait after refusal %d is %v, want %v less at most half", n+1, wait, want)
		}
		if link != "refused" || len(next.Links) != 1 || next.Links[0] != "out" || next.Attempts != 0 || next.Claim != nil {
			t.Errorf("link %s of %+v", link, next)
		}
		s.Refusals = next.Refusals
		differ[wait-want] = true
	}
	if len(differ) < 9 {
		t.Errorf("the jitter is always one of %v", differ)
	}
	for n := range 3 {
		s.Refusals = 1 << (20 * n) // more than a shift can take
		if next, _ := survey.Refused(s, errBusy, monday); next.DueAt.Sub(monday) > time.Hour || next.DueAt <= monday {
			t.Errorf("%d refusals: due at %v", s.Refusals, next.DueAt)
		}
	}
	s.ExpiresAt = monday.Add(time.Second)
	if next, _ := survey.Refused(s, errBusy, monday); next.DueAt != s.ExpiresAt {
		t.Errorf("due at %v, after its expiry", next.DueAt)
	}
}

func (w *world) wantOneLinkEach() {
	w.t.Helper()
	known := map[string]bool{}
	for _, s := range w.surveys() {
		if len(s.Links) != 1 {
			w.t.Errorf("the survey of %s has %d links", s.RoomID, len(s.Links))
		}
		for _, hash := range s.Links {
			known["LINK#"+hash] = true
		}
	}
	for _, item := range w.raw.Items(w.t) {
		if pk := item.Key().PK; strings.HasPrefix(pk, "LINK#") && !known[pk] {
			w.t.Errorf("%s belongs to no survey", pk)
		}
	}
}

var busyMinutes = flag.Int("busy-minutes", 20, "how many minutes the provider of TestBusyDay refuses everything")

// TestBusyDay checks 1,000 due surveys while the provider is busy, with a run each minute.
// In the end, each survey has one link and was sent once. The breaker bounds the writes of
// a run, so some minutes are enough; -busy-minutes=1440 tests the whole day.
func TestBusyDay(t *testing.T) {
	const surveys, perHour = 1000, 8
	w := newWorld(t, nil)
	w.fill(t, surveys)
	var m meter
	metered := w.raw.Store(t, m.options)
	tries := 0
	w.mailbox.fail = func(survey.Delivery) error {
		tries++
		return errBusy
	}
	sender := w.sender()
	sender.Store, sender.AtOnce = metered, 32
	run := func() survey.Result {
		t.Helper()
		w.now = w.now.Add(time.Minute)
		result, err := sender.Run(t.Context(), w.now)
		w.must(err)
		return result
	}
	all := *busyMinutes
	if testing.Short() {
		all = min(all, 5)
	}
	for left := all; left > 0; left -= 60 {
		m.reset()
		tries = 0
		minutes := min(left, 60)
		for range minutes {
			run()
		}
		all, most := m.perSurvey()
		t.Logf("%d minutes: %d tries; %.2f billed write units per survey, %.0f at most", minutes, tries, all/surveys, most)
		if hourly := all / surveys * 60 / float64(minutes); hourly > perHour {
			t.Errorf("%.2f write units per survey and hour", hourly)
		}
	}
	for _, s := range w.surveys() {
		if len(s.Links) > 1 || s.State != livechat.SurveyScheduled {
			t.Fatalf("a survey after %d refusals: %s, %d links", s.Refusals, s.State, len(s.Links))
		}
	}
	w.mailbox.fail = nil
	sent := 0
	for minute := 0; sent < surveys && minute <= 60; minute++ { // the longest wait is an hour
		sent += run().Sent
	}
	w.wantMessages(surveys)
	w.wantOneLinkEach()
}

// meter adds up the write units of calls by survey, as AWS bills them: DynamoDB Local
// counts a transaction once, AWS twice.
type meter struct {
	lock  sync.Mutex
	units map[string]float64
}

func (m *meter) reset() {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.units = map[string]float64{}
}

// perSurvey returns the sum and the maximum of the surveys' write units.
func (m *meter) perSurvey() (all, most float64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for of, units := range m.units {
		all += units
		if of != "" {
			most = max(most, units)
		}
	}
	return all, most
}

func (m *meter) options(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("meter", m.call), smithy.After)
	})
}

func (m *meter) call(
	ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
) (smithy.InitializeOutput, smithy.Metadata, error) {
	of := ""
	note := func(item map[string]types.AttributeValue) {
		if rid, is := strings.CutPrefix(textOf(item["PK"]), "SURVEY#"); is {
			of = rid
		}
	}
	const total = types.ReturnConsumedCapacityTotal
	switch c := in.Parameters.(type) {
	case *dynamodb.PutItemInput:
		c.ReturnConsumedCapacity = total
		note(c.Item)
	case *dynamodb.UpdateItemInput:
		c.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		c.ReturnConsumedCapacity = total
		for _, w := range c.TransactItems {
			if w.Put != nil {
				note(w.Put.Item)
			}
		}
	case *dynamodb.DeleteItemInput, *dynamodb.BatchWriteItemInput:
		panic(fmt.Sprintf("uncounted write: %T", c))
	}
	out, metadata, err := next.HandleInitialize(ctx, in)
	units := 0.0
	switch a := out.Result.(type) {
	case *dynamodb.PutItemOutput:
		units = unitsOf(a.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		units = unitsOf(a.ConsumedCapacity)
	case *dynamodb.TransactWriteItemsOutput:
		for i := range a.ConsumedCapacity {
			units += 2 * unitsOf(&a.ConsumedCapacity[i])
		}
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.units[of] += units
	return out, metadata, err
}

func unitsOf(c *types.ConsumedCapacity) float64 {
	if c == nil {
		return 0
	}
	return aws.ToFloat64(c.CapacityUnits)
}
