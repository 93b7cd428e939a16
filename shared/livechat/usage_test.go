package livechat_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

func limited(t rapid.TB, calls, kilobytes int) settings.Settings {
	t.Helper()
	settings, err := settings.New(settings.Changes{Values: map[string]string{
		livechat.MessagesPerToken.Setting:  strconv.Itoa(calls),
		livechat.KilobytesPerToken.Setting: strconv.Itoa(kilobytes),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// TestUsageAgainstAModel: within each minute of the clock, calls pass up to the limit, as
// long as their bytes fit. A refused call does not count.
func TestUsageAgainstAModel(t *testing.T) {
	noon := livechat.At(time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC))
	rapid.Check(t, func(t *rapid.T) {
		calls, kilobytes := rapid.IntRange(0, 4).Draw(t, "calls"), rapid.IntRange(0, 3).Draw(t, "kilobytes")
		settings := limited(t, calls, kilobytes)
		type minute struct{ calls, bytes int }
		model := map[livechat.Time]minute{}
		var usage livechat.RateUsage
		now := noon
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
			bytes := rapid.IntRange(0, 2000).Draw(t, "bytes")
			from, until := livechat.Window(now)
			m := model[from]
			fits := (calls == 0 || m.calls < calls) && (kilobytes == 0 || m.bytes+bytes <= kilobytes*1024)
			next, err := usage.Add(livechat.MessagesPerToken, settings, bytes, now)
			over, refused := errors.AsType[*livechat.RateLimitError](err)
			if refused == fits {
				t.Fatalf("%d bytes as call %d of the minute, after %d bytes: %v", bytes, m.calls+1, m.bytes, err)
			}
			if refused {
				if over.Until != until || over.Wait < 1 || over.Wait > 60 {
					t.Fatalf("refused with %+v", *over)
				}
				continue
			}
			usage = next
			model[from] = minute{m.calls + 1, m.bytes + bytes}
		}
	})
}

// TestUsageIsOfOneKindOfCall: messages do not use up the limit of edits.
func TestUsageIsOfOneKindOfCall(t *testing.T) {
	settings := limited(t, 1, 0)
	usage, err := livechat.RateUsage{}.Add(livechat.MessagesPerToken, settings, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	before := usage.Calls["messages"]
	if _, err := usage.Add(livechat.EditsPerToken, settings, 0, 2); err != nil {
		t.Errorf("an edit after a message: %v", err)
	}
	if _, err := usage.Add(livechat.MessagesPerToken, settings, 0, 2); err == nil {
		t.Error("a second message was accepted")
	}
	if usage.Calls["messages"] != before {
		t.Error("the earlier usage was changed in place")
	}
}

// TestUsageAfterTheClockWasSetBack: a usage does not count forever after the clock, such
// as a laptop's, was set back.
func TestUsageAfterTheClockWasSetBack(t *testing.T) {
	settings := limited(t, 1, 0)
	usage, err := livechat.RateUsage{}.Add(livechat.MessagesPerToken, settings, 0, livechat.At(time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := usage.Add(livechat.MessagesPerToken, settings, 0, livechat.At(time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC))); err != nil {
		t.Errorf("a day earlier: %v", err)
	}
}
