package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// output is where a command's result goes, and in which form; and where its
// questions are answered.
type output struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	json           bool
}

// object prints the value as JSON on a line of its own.
func (o *output) object(v any) error {
	e := json.NewEncoder(o.stdout)
	// The shell is no web page: <, > and & stay legible.
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// result prints the lines, or the value when JSON is wanted.
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

// remark tells the operator something that is no part of the result.
func (o *output) remark(line string) {
	// Whoever closed stderr does not want to know.
	_, _ = fmt.Fprintln(o.stderr, oneLine(line))
}

// list prints the rows as aligned columns, or as a JSON list.
func list[T any](o *output, rows []T, heading []string, cells func(T) []string) error {
	if o.json {
		// No rows are an empty list, not null.
		return o.object(append([]T{}, rows...))
	}
	w := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', 0)
	line := func(cells []string) {
		for i, c := range cells {
			cells[i] = oneLine(c)
		}
		// A failed write is remembered and returned by Flush.
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	line(heading)
	for _, row := range rows {
		line(cells(row))
	}
	return w.Flush()
}

// oneLine keeps what is in the table from breaking lines and columns, and from
// steering the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// counted is so many of a thing.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// orDash keeps an empty cell visible.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func complain(stderr io.Writer, err error) {
	fmt.Fprintln(stderr, oneLine("admin: "+err.Error()))
}
