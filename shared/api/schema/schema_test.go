package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

var body = schema.Object{
	schema.Required("token", schema.Text{Max: 8}),
	schema.Required("rid", schema.Text{Min: 1, Max: 8}),
	schema.Required("data", schema.List{Min: 1, OrText: true, Of: schema.Object{
		schema.Required("name", schema.Text{Max: 8}),
		schema.Required("value", schema.Text{Max: 8}),
	}}),
	schema.Optional("more", schema.Object{schema.Optional("yes", schema.Bool{})}),
}

type document struct {
	Token string
	RID   string
	Data  []struct{ Name, Value string }
	More  struct{ Yes bool }
}

func TestAccepted(t *testing.T) {
	item := func(name, value string) string { return fmt.Sprintf("[{%s %s}]", name, value) }
	for name, tc := range map[string]struct{ body, want string }{
		"as described":              {`{"token":"t","rid":"r","data":[{"name":"n","value":"v"}]}`, "t r " + item("n", "v") + " {false}"},
		"number":                    {`{"token":5,"rid":-0.0,"data":[{"name":1e3,"value":1.50}]}`, "5 0 " + item("1000", "1.5") + " {false}"},
		"small and large numbers":   {`{"token":1e-7,"rid":1e21,"data":[{"name":1e400,"value":12e-2}]}`, "1e-7 1e+21 " + item("Infinity", "0.12") + " {false}"},
		"bool":                      {`{"token":true,"rid":false,"data":[{"name":"n","value":"v"}]}`, "true false " + item("n", "v") + " {false}"},
		"null is empty":             {`{"token":null,"rid":"r","data":[{"name":null,"value":"v"}]}`, " r " + item("", "v") + " {false}"},
		"list as text":              {`{"token":"t","rid":"r","data":"[{\"name\":\"n\",\"value\":\"v\"}]"}`, "t r " + item("n", "v") + " {false}"},
		"last of two wins":          {`{"token":"t","token":"u","rid":"r","data":[{"name":"n","value":"v"}]}`, "u r " + item("n", "v") + " {false}"},
		"optional":                  {`{"token":"t","rid":"r","data":[{"name":"n","value":"v"}],"more":{"yes":1.0}}`, "t r " + item("n", "v") + " {true}"},
		"paired surrogates":         {`{"token":"\ud83d\ude00","rid":"r","data":[{"name":"n","value":"v"}]}`, "😀 r " + item("n", "v") + " {false}"},
		"escaped backslash, then u": {`{"token":"\\ud83d","rid":"r","data":[{"name":"n","value":"v"}]}`, `\ud83d r ` + item("n", "v") + " {false}"},
		"characters, not bytes":     {`{"token":"éééééééé","rid":"r","data":[{"name":"n","value":"v"}]}`, "éééééééé r " + item("n", "v") + " {false}"},
	} {
		t.Run(name, func(t *testing.T) {
			var d document
			if err := schema.Decode(strings.NewReader(tc.body), body, &d); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%s %s %v %v", d.Token, d.RID, d.Data, d.More); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	deep := strings.Repeat("[", 33) + strings.Repeat("]", 33)
	for name, tc := range map[string]struct{ body, want string }{
		"missing, in the described order": {`{"data":5}`, "must have required property 'token' [invalid-params]"},
		"second missing":                  {`{"token":"t","x":1}`, "must have required property 'rid' [invalid-params]"},
		"missing before unknown":          {`{"token":"t","rid":"r","x":1}`, "must have required property 'data' [invalid-params]"},
		"unknown before type":             {`{"token":{},"rid":"r","data":[],"x":1}`, "must NOT have additional properties [invalid-params]"},
		"case matters":                    {`{"token":"t","rid":"r","data":[],"Token":""}`, "must NOT have additional properties [invalid-params]"},
		"object as text":                  {`{"token":{},"rid":"r","data":[]}`, "must be string [invalid-params]"},
		"list as text":                    {`{"token":[],"rid":"r","data":[]}`, "must be string [invalid-params]"},
		"too long":                        {`{"token":"123456789","rid":"r","data":[]}`, "must NOT have more than 8 characters [invalid-params]"},
		"too short":                       {`{"token":"t","rid":"","data":[]}`, "must NOT have fewer than 1 characters [invalid-params]"},
		"object as list":                  {`{"token":"t","rid":"r","data":{}}`, "must be array [invalid-params]"},
		"null as list":                    {`{"token":"t","rid":"r","data":null}`, "must be array [invalid-params]"},
		"text that is not a list":         {`{"token":"t","rid":"r","data":"{}"}`, "must be array [invalid-params]"},
		"text that is not JSON":           {`{"token":"t","rid":"r","data":"[{"}`, "must be array [invalid-params]"},
		"empty list":                      {`{"token":"t","rid":"r","data":[]}`, "must NOT have fewer than 1 items [invalid-params]"},
		"item is not an object":           {`{"token":"t","rid":"r","data":["x"]}`, "must be object [invalid-params]"},
		"item lacks its value":            {`{"token":"t","rid":"r","data":[{"name":"n"}]}`, "must have required property 'value' [invalid-params]"},
		"item has an unknown member":      {`{"token":"t","rid":"r","data":[{"name":"n","value":"v","x":1}]}`, "must NOT have additional properties [invalid-params]"},
		"NUL":                             {`{"token":"a\u0000","rid":"r","data":[]}`, "must be valid text [invalid-params]"},
		"lone high surrogate":             {`{"token":"\ud83d","rid":"r","data":[]}`, "must be valid text [invalid-params]"},
		"lone low surrogate":              {`{"token":"\ude00\ud83d","rid":"r","data":[]}`, "must be valid text [invalid-params]"},
		"text is not a bool":              {`{"token":"t","rid":"r","data":[{"name":"n","value":"v"}],"more":{"yes":"1"}}`, "must be boolean [invalid-params]"},
		"not a bool":                      {`{"token":"t","rid":"r","data":[{"name":"n","value":"v"}],"more":{"yes":"si"}}`, "must be boolean [invalid-params]"},

		"empty":              {``, "Invalid JSON: empty body [invalid-json]"},
		"blank":              {" \n", "Invalid JSON: empty body [invalid-json]"},
		"list":               {` []`, "Invalid JSON: not an object, at byte 1 [invalid-json]"},
		"null":               {`null`, "Invalid JSON: not an object, at byte 0 [invalid-json]"},
		"cut short":          {`{"token":`, "Invalid JSON: unexpected end of JSON input, at byte 9 [invalid-json]"},
		"trailing comma":     {`{"token":"t",}`, "Invalid JSON: invalid character '}' looking for beginning of object key string, at byte 13 [invalid-json]"},
		"trailing text":      {`{} x`, "Invalid JSON: invalid character 'x' after top-level value, at byte 3 [invalid-json]"},
		"byte order mark":    {"\ufeff{}", "Invalid JSON: invalid character 'ï' looking for beginning of value, at byte 0 [invalid-json]"},
		"invalid UTF-8":      {"{\"token\":\"\xff\"}", "Invalid JSON: invalid UTF-8, at byte 10 [invalid-json]"},
		"deep":               {`{"token":` + deep + `}`, "Invalid JSON: nested deeper than 32, at byte 40 [invalid-json]"},
		"deep inside a text": {`{"token":"` + deep + `"}`, "must have required property 'rid' [invalid-params]"},
		"too large":          {`{"token":"` + strings.Repeat("x", 64<<10) + `"}`, "Request entity too large [error-too-large]"},
	} {
		t.Run(name, func(t *testing.T) {
			err := schema.Decode(strings.NewReader(tc.body), body, &document{})
			refused, ok := errors.AsType[*livechat.Error](err)
			if !ok {
				t.Fatalf("got error %v", err)
			}
			if refused.Text != tc.want {
				t.Errorf("got  %s\nwant %s", refused.Text, tc.want)
			}
			if !strings.HasSuffix(tc.want, "["+refused.Type+"]") {
				t.Errorf("type %q does not belong to %q", refused.Type, refused.Text)
			}
		})
	}
}

func TestPublishedCurlLineSaysWhereItIsBroken(t *testing.T) {
	line := `{"rid":"XFzMqgn33DcsQkpJp", "token": "iNKE8a6k6cjbqWhWd", "data": "[{"name": "satisfaction", "value": "3"}]"}`
	err := schema.Decode(strings.NewReader(line), body, &document{})
	want := fmt.Sprintf("Invalid JSON: invalid character 'n' after object key:value pair, at byte %d [invalid-json]",
		strings.Index(line, `name"`))
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestAnyTextIsAcceptedOrRefused checks that any text is either read unchanged or
// refused with a livechat.Error.
func TestAnyTextIsAcceptedOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		sent, err := json.Marshal(map[string]any{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Text string }
		err = schema.Decode(strings.NewReader(string(sent)), schema.Object{schema.Required("text", schema.Text{Max: 10})}, &got)
		fits := utf8.RuneCountInString(text) <= 10 && !strings.Contains(text, "\x00")
		if fits && (err != nil || got.Text != text) {
			t.Fatalf("%q came out as %q, %v", text, got.Text, err)
		}
		if _, refused := errors.AsType[*livechat.Error](err); !fits && !refused {
			t.Fatalf("%q: got %v", text, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"token":"t","rid":"r","data":[{"name":"n","value":"v"}]}`))
	f.Add([]byte(`{"token":"\ud83d","rid":"\u"}`))
	f.Add([]byte("{\"a\":\"\xff\\"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		var d document
		err := schema.Decode(strings.NewReader(string(sent)), body, &d)
		if _, refused := errors.AsType[*livechat.Error](err); err != nil && !refused {
			t.Errorf("%q: %v", sent, err)
		}
	})
}
