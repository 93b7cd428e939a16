package store

import (
	"time"
)

// SetClock sets the clock that the age of the settings is measured by.
func SetClock(s *Store, now func() time.Time) { s.now = now }
