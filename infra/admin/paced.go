package main

import "fmt"

// readRateFlags is the rate limit of commands that read the whole table.
type readRateFlags struct {
	ReadUnits float64 `default:"100" help:"Read at most this many read units a second; 100 are about 0.8 MB/s."`
}

func (p readRateFlags) check() error {
	if p.ReadUnits < 1 {
		return fmt.Errorf("--read-units %g: must be 1 or more", p.ReadUnits)
	}
	return nil
}
