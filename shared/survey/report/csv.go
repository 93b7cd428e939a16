package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"livechat/shared/livechat"
)

// WriteCSV writes a heading, then the rows and their total, one line each (RFC 4180).
// Every answered question has its own columns.
func WriteCSV(w io.Writer, groupBy string, rows []Figures, total Figures) error {
	questions := slices.Sorted(maps.Keys(total.Items))
	out := csv.NewWriter(w)
	out.UseCRLF = true
	lines := [][]string{heading(groupBy, questions)}
	for _, f := range rows {
		lines = append(lines, f.line(f.Key, questions))
	}
	lines = append(lines, total.line("total", questions))
	for _, line := range lines {
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func heading(groupBy string, questions []string) []string {
	line := []string{
		groupBy, "label", "closed", "scheduled", "waiting", "sent", "answered", "expired", "failed", "skipped",
	}
	for _, reason := range livechat.SkipReasons {
		line = append(line, "skipped "+reason)
	}
	line = append(line,
		"sent in the range", "of these answered", "response %", "response low %", "response high %",
		"csat answers", "csat %", "csat low %", "csat high %", "too few answers")
	for _, q := range questions {
		line = append(line, plain(q)+" count", plain(q)+" mean", plain(q)+" spread")
	}
	return line
}

func (f Figures) line(key string, questions []string) []string {
	skipped := 0
	for _, n := range f.Skipped {
		skipped += n
	}
	line := []string{plain(key), plain(f.Label)}
	for _, n := range []int{f.Closed, f.Scheduled, f.Waiting, f.Sent, f.Answered, f.Expired, f.Failed, skipped} {
		line = append(line, strconv.Itoa(n))
	}
	for _, reason := range livechat.SkipReasons {
		line = append(line, strconv.Itoa(f.Skipped[reason]))
	}
	line = append(line,
		strconv.Itoa(f.Response.Of), strconv.Itoa(f.Response.Count),
		number(f.Response.Percent), number(f.Response.Low), number(f.Response.High),
		strconv.Itoa(f.CSAT.Of), number(f.CSAT.Percent), number(f.CSAT.Low), number(f.CSAT.High),
		strconv.FormatBool(f.CSAT.TooFew))
	for _, q := range questions {
		it := f.Items[q]
		line = append(line, strconv.Itoa(it.Count), number(it.Mean), number(it.Spread))
	}
	return line
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// plain escapes a text that a spreadsheet would take for a formula.
func plain(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
