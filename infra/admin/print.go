package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// output holds the command's streams and output format.
type output struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	json           bool
}

// object prints v as JSON on one line.
func (o *output) object(v any) error {
	e := json.NewEncoder(o.stdout)
	// A terminal is not a web page: keep <, > and & legible.
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// result prints v if JSON is requested, otherwise the lines.
func (o *output) result(v any, lines ...string) error {
	if o.json {
		return o.object(v)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(o.stdout, oneLine(line)); err != nil {
			return err
		}
	}
	return nil
}

// remark prints a line that is not part of the result to stderr.
func (o *output) remark(line string) {
	// If stderr is closed, nobody reads remarks.
	_, _ = fmt.Fprintln(o.stderr, oneLine(line))
}

// list prints the rows as aligned columns, or as a JSON list.
func list[T any](o *output, rows []T, heading []string, cells func(T) []string) error {
	if o.json {
		// Without rows, print an empty list, not null.
		return o.object(append([]T{}, rows...))
	}
	if len(rows) == 0 {
		return o.result(rows, "nothing yet")
	}
	w := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', 0)
	line := func(cells []string) {
		for i, c := range cells {
			cells[i] = oneLine(c)
		}
		// The writer remembers a failed write, and Flush returns it.
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	line(heading)
	for _, row := range rows {
		line(cells(row))
	}
	return w.Flush()
}

// oneLine replaces control characters, so that stored text can neither break lines and
// columns nor control the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// pluralize returns the number with the noun in the singular or plural.
func pluralize(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// orDash makes an empty cell visible.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func printError(stderr io.Writer, err error) {
	fmt.Fprintln(stderr, oneLine("admin: "+err.Error()))
}
