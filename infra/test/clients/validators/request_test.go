package validators

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// request is either a body, which is a JSON object, or a query of names and values.
type request struct {
	body  string
	query [][2]string
}

// has reports whether the body has the member.
func (r request) has(name string) bool { return r.member(name) != nil }

// member returns the body's last member of that name, or nil.
func (r request) member(name string) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(r.body), &members) != nil {
		return nil
	}
	return members[name]
}

// hasOther reports whether the query has a name that is not in known.
func (r request) hasOther(known ...string) bool {
	return slices.ContainsFunc(r.query, func(pair [2]string) bool {
		name, _, _ := strings.Cut(pair[0], "[")
		return !slices.Contains(known, name)
	})
}

// hasValue reports whether the query has one of the names with a value for which such is
// true.
func (r request) hasValue(such func(string) bool, names ...string) bool {
	return slices.ContainsFunc(r.query, func(pair [2]string) bool {
		return slices.Contains(names, pair[0]) && such(pair[1])
	})
}

func (r request) rawQuery() string {
	var pairs []string
	for _, pair := range r.query {
		pairs = append(pairs, url.QueryEscape(pair[0])+"="+url.QueryEscape(pair[1]))
	}
	return strings.Join(pairs, "&")
}

// field is a member of a body, with a generator of its usual values as JSON.
type field struct {
	name string
	good *rapid.Generator[string]
}

// object draws a JSON object that has most of the fields, mostly with good values.
// Occasionally a field is repeated, or an unknown field is added.
func object(fields ...field) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var members []string
		add := func(name string, value *rapid.Generator[string]) {
			members = append(members, quote(name)+":"+value.Draw(t, name))
		}
		for _, f := range fields {
			if !seldom(t, "absent") {
				add(f.name, mostly(f.good))
			}
			if seldom(t, "twice") {
				add(f.name, anything)
			}
		}
		if seldom(t, "unknown") {
			add(rapid.SampledFrom([]string{"comment", "Token", "visitorId", "RID", "", "__proto__"}).Draw(t, "name"), anything)
		}
		return "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
	})
}

func list(item *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(mostly(item), 0, 3), func(items []string) string { return "[" + strings.Join(items, ",") + "]" })
}

func seldom(t *rapid.T, what string) bool { return rapid.IntRange(0, 9).Draw(t, what) == 0 }

func mostly(good *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if seldom(t, "any") {
			return anything.Draw(t, "value")
		}
		return good.Draw(t, "value")
	})
}

// text draws a JSON string.
var text = rapid.OneOf(
	rapid.Map(rapid.String(), quote),
	rapid.SampledFrom([]string{
		`""`, `"5"`, `"null"`, `"é"`, `"😀"`, `"\ud83d\ude00"`,
		`"\u0000"`, `"\ud800"`, // invalid texts
		quote(strings.Repeat("é", 64)), quote(strings.Repeat("é", 65)),
		quote(strings.Repeat("x", 256)), quote(strings.Repeat("x", 257)),
		quote(strings.Repeat("x", 5000)), quote(strings.Repeat("x", 5001)),
	}),
)

// anything draws any JSON value.
var anything = rapid.OneOf(
	text,
	rapid.SampledFrom([]string{
		`null`, `true`, `false`, `0`, `-0.0`, `5`, `-1.50`, `1e21`, `1e-7`, `1e400`,
		`[]`, `["x"]`, `[["x"]]`, `{}`, `{"x":"x"}`, `[{"name":"satisfaction","value":"5"}]`,
		`"[{\"name\":\"satisfaction\",\"value\":\"5\"}]"`, `"[]"`, `"[{}]"`, `"{}"`,
	}),
	rapid.Map(rapid.Float64(), func(f float64) string { return marshal(f) }),
)

// queryOf draws a query of the names, mostly with good values.
func queryOf(fields ...field) *rapid.Generator[[][2]string] {
	return rapid.Custom(func(t *rapid.T) [][2]string {
		query := [][2]string{}
		for _, f := range fields {
			if seldom(t, "absent") {
				continue
			}
			name := f.name
			if seldom(t, "bracketed") {
				name += rapid.SampledFrom([]string{"[]", "[x]", "[0]"}).Draw(t, "bracket")
			}
			query = append(query, [2]string{name, f.good.Draw(t, name)})
			if seldom(t, "twice") {
				query = append(query, [2]string{name, f.good.Draw(t, name)})
			}
		}
		if seldom(t, "unknown") {
			name := rapid.SampledFrom([]string{"comment", "Token", "count", "sort", "visitorId"}).Draw(t, "name")
			query = append(query, [2]string{name, rapid.String().Draw(t, "value")})
		}
		return rapid.Permutation(query).Draw(t, "order")
	})
}

func quote(text string) string { return marshal(text) }

func marshal(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "null"
	}
	return string(encoded)
}
