package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
)

func (r report) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return r.writeJSON(w)
	}
	return r.writeTable(w)
}

func (r report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// writeTable writes the report for people. An exclamation mark follows a figure that
// misses its target.
func (r report) writeTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	// The tab writer aligns all columns right, so names are padded to align them left.
	fmt.Fprintln(t, "\tsize \tready \t× hello \tfirst answer \t× hello \twarm \tcold \t× hello \tpeak \t")
	fmt.Fprintln(t, "\tMiB \tms \t \tms \t \tms \tms \t \tMiB \t")
	for i, l := range r.Functions {
		goal := r.Targets
		if i == 0 {
			goal = limits{} // hello is the baseline and has no targets
		}
		peak := "n/a "
		if l.Peak != nil {
			peak = judged(*l.Peak, goal.Peak)
		}
		fmt.Fprintf(t, "%-14s\t%s\t%.1f \t%s\t%.1f \t%s\t%.1f \t%.1f \t%.2f \t%s\t\n", l.Name,
			judged(l.Size, goal.Size),
			l.Ready, judged(l.ReadyRatio, goal.Ready),
			l.First, judged(l.FirstRatio, goal.First),
			l.Warm, l.Cold, l.ColdRatio, peak)
	}
	fmt.Fprintf(t, "%-14s\t≤ %.1f \t\t≤ %.1f \t\t≤ %.1f \t\t\t\t≤ %.0f \t\n", "target",
		r.Targets.Size, r.Targets.Ready, r.Targets.First, r.Targets.Peak)
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n! misses the target. Medians on %s: of %d starts each; warm and peak of %d calls to one process.\n",
		r.Platform, r.Rounds, r.Calls)
	return err
}

// judged formats a figure, followed by an exclamation mark if the rounded figure misses
// the goal, or else by a space. If goal is 0, there is no goal.
func judged(figure, goal float64) string {
	mark := " "
	if goal > 0 && math.Round(figure*100) > math.Round(goal*100) {
		mark = "!"
	}
	return fmt.Sprintf("%.2f%s", figure, mark)
}
