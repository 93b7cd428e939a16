package main

import "fmt"

// pacedReads is how fast a command reads that goes through the whole table.
type pacedReads struct {
	ReadUnits float64 `default:"100" help:"Read units a second that it takes of the table at most; 100 are some 0.8 MB a second."`
}

func (p pacedReads) check() error {
	if p.ReadUnits < 1 {
		return fmt.Errorf("--read-units %g: must be 1 or more", p.ReadUnits)
	}
	return nil
}
