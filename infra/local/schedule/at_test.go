package schedule

import (
	"strings"
	"testing"
	"time"
)

// Go would take 2:30 of that night for 3:30.
func TestTimeThatThereIsNot(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse("at(2026-03-29T02:30:00)", zone); err == nil || !strings.Contains(err.Error(), "the clocks of Europe/Berlin leave that time out") {
		t.Errorf("%v", err)
	}
	// The one that comes twice is there.
	if _, err := parse("at(2026-10-25T02:30:00)", zone); err != nil {
		t.Error(err)
	}
}
