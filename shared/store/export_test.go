package store

import (
	"time"
)

// SetClock sets the store's clock, which measures the age of the settings.
func SetClock(s *Store, now func() time.Time) { s.now = now }
