package schedule

import (
	"strings"
	"testing"
	"time"
)

// TestTimeThatThereIsNot covers a time that the change of clocks skips. Go would parse
// 2:30 as 3:30.
func TestTimeThatThereIsNot(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse("at(2026-03-29T02:30:00)", zone); err == nil || !strings.Contains(err.Error(), "does not exist in Europe/Berlin") {
		t.Errorf("%v", err)
	}
	// A time that occurs twice is valid.
	if _, err := parse("at(2026-10-25T02:30:00)", zone); err != nil {
		t.Error(err)
	}
}
