package cost

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// kinds lists the kinds in the order of the table.
var kinds = []Kind{Typical, Worst, Refused}

// Markdown returns the results as tables.
func (r Results) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A chat alone consumes %s read and %s write units in %d calls; of %d, some at once, one consumes %s and %s.\n\n",
		number(r.One.ReadUnits), number(r.One.WriteUnits), r.One.Requests,
		r.Count, number(r.Spent.ReadUnits/float64(r.Count)), number(r.Spent.WriteUnits/float64(r.Count)))
	b.WriteString("| Partition keys that chats share | Keys | Read units per chat, at most | Write units per chat, at most |\n|---|---|---|---|\n")
	for _, k := range byFamily(r.Shared) {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", k.name, k.keys, number(k.read/float64(r.Count)), number(k.write/float64(r.Count)))
	}
	b.WriteString("\n| Route | Case | Status | Read units | Write units | Bytes | Calls | Trips |\n|---|---|---|---|---|---|---|---|\n")
	rows := slices.Clone(r.Requests)
	slices.SortStableFunc(rows, func(a, b Measured) int {
		return cmp.Or(cmp.Compare(path(a), path(b)), cmp.Compare(a.Route, b.Route),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
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

// family is a group of partition keys that differ only in numbers, such as the shards of
// a list or the seconds of a counter. read and write are each the largest units of any
// key in the family.
type family struct {
	name        string
	keys        int
	read, write float64
}

// byFamily groups the keys into families and returns them, the most expensive first.
func byFamily(keys []KeyUnits) []family {
	var all []family
	for _, k := range keys {
		name := strings.TrimSpace(k.Index + " " + unnumbered(k.PK))
		i := slices.IndexFunc(all, func(f family) bool { return f.name == name })
		if i < 0 {
			i, all = len(all), append(all, family{name: name})
		}
		f := &all[i]
		f.keys, f.read, f.write = f.keys+1, max(f.read, k.ReadUnits), max(f.write, k.WriteUnits)
	}
	slices.SortStableFunc(all, func(a, b family) int { return cmp.Compare(b.read+b.write, a.read+a.write) })
	return all
}

// unnumbered returns the key with each numeric part replaced with n.
func unnumbered(pk string) string {
	parts := strings.Split(pk, "#")
	for i, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			parts[i] = "n"
		}
	}
	return strings.Join(parts, "#")
}

func path(m Measured) string {
	_, path, _ := strings.Cut(m.Route, " ")
	return path
}

// number formats units with at most two decimals.
func number(units float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(units, 'f', 2, 64), "0"), ".")
}

// The marker lines around the measured tables in a document.
const (
	begin = "<!-- measured by make bench-cost -->\n"
	end   = "<!-- end of what make bench-cost measured -->\n"
)

// Replace returns the document with text between the markers.
func Replace(document, text string) (string, error) {
	before, rest, ok := strings.Cut(document, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", fmt.Errorf("the document lacks the lines %q and %q", begin, end)
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}
