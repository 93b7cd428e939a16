package cost

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// kinds in the order of the table.
var kinds = []Kind{Typical, Worst, Refused}

// Markdown writes what was measured as tables.
func (r Results) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A chat alone consumes %s read and %s write units in %d calls; of %d, some at once, one consumes %s and %s.\n\n",
		number(r.One.ReadUnits), number(r.One.WriteUnits), r.One.Requests,
		r.Count, number(r.Spent.ReadUnits/float64(r.Count)), number(r.Spent.WriteUnits/float64(r.Count)))
	b.WriteString("| Partition key that chats share | Read units per chat | Write units per chat |\n|---|---|---|\n")
	for _, k := range r.Shared {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimSpace(k.Index+" "+k.PK), number(k.ReadUnits/float64(r.Count)), number(k.WriteUnits/float64(r.Count)))
	}
	b.WriteString("\n| Route | Case | Status | Read units | Write units | Bytes | Calls | Trips |\n|---|---|---|---|---|---|---|---|\n")
	rows := slices.Clone(r.Requests)
	slices.SortStableFunc(rows, func(a, b Measured) int {
		return cmp.Or(cmp.Compare(path(a), path(b)), cmp.Compare(a.Route, b.Route), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
	})
	for _, m := range rows {
		name := string(m.Kind)
		if m.Case != "" {
			name += ": " + m.Case
		}
		route := strings.Replace(strings.Replace(m.Route, " "+API, " ", 1), " /api/v1/", " ", 1)
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %d | %d | %d |\n",
			route, name, m.Status, number(m.ReadUnits), number(m.WriteUnits), len(m.Body), m.Calls, m.Trips)
	}
	return b.String()
}

func path(m Measured) string {
	_, path, _ := strings.Cut(m.Route, " ")
	return path
}

// number is rounded to hundredths.
func number(units float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(units, 'f', 2, 64), "0"), ".")
}

// The lines between which a document has what was measured.
const (
	begin = "<!-- measured by make bench-cost -->\n"
	end   = "<!-- end of what make bench-cost measured -->\n"
)

// Replace returns the document with another text between the markers.
func Replace(document, text string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("the document lacks the lines %q and %q", begin, end)
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}
