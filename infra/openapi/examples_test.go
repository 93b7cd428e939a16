package openapi_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"livechat/infra/openapi"
)

// TestExamplesAreAnswers checks the document's examples against the document's schemas.
func TestExamplesAreAnswers(t *testing.T) {
	d := read(t)
	shown := 0
	for _, route := range d.Operations() {
		for status, described := range openapi.Members(openapi.Member(route.Operation, "responses")) {
			described, err := d.Resolve(described)
			if err != nil {
				t.Fatal(err)
			}
			examples := openapi.Member(openapi.Member(openapi.Member(described, "content"), "application/json"), "examples")
			for name, example := range openapi.Members(examples) {
				shown++
				t.Run(route.String()+" "+status+" "+name, func(t *testing.T) {
					var value any
					if err := openapi.Member(example, "value").Load(&value); err != nil {
						t.Fatal(err)
					}
					body, err := json.Marshal(value)
					if err != nil {
						t.Fatal(err)
					}
					code, err := strconv.Atoi(status)
					if err != nil {
						t.Fatal(err)
					}
					if err := d.CheckAnswer(route.Method, route.Path, code, sent("ETag", `"x"`), body); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	if shown < 20 {
		t.Errorf("the document has %d examples of answers, want at least 20", shown)
	}
}

// TestEveryRouteSaysWhatItIs checks that every route has the required members and
// statuses.
func TestEveryRouteSaysWhatItIs(t *testing.T) {
	d := read(t)
	for _, route := range d.Operations() {
		for _, name := range []string{"operationId", "summary"} {
			if openapi.Text(route.Operation, name) == "" {
				t.Errorf("%s has no %s", route, name)
			}
		}
		for _, name := range []string{"tags", "security"} {
			if openapi.Member(route.Operation, name) == nil {
				t.Errorf("%s has no %s", route, name)
			}
		}
		statuses := d.Statuses(route.String())
		for _, status := range []int{200, 429, 500, 503} {
			if !slices.Contains(statuses, status) {
				t.Errorf("%s does not describe the status %d", route, status)
			}
		}
		signedIn := len(openapi.Items(openapi.Member(route.Operation, "security"))) > 0
		if signedIn != slices.Contains(statuses, 401) {
			t.Errorf("%s: signed in is %v, answer 401 is %v", route, signedIn, slices.Contains(statuses, 401))
		}
		takesBody := openapi.Member(route.Operation, "requestBody") != nil
		if takesBody != slices.Contains(statuses, 413) {
			t.Errorf("%s: takes a body is %v, answer 413 is %v", route, takesBody, slices.Contains(statuses, 413))
		}
	}
}

// TestObjectsOfOursAreClosed checks that schemas do not allow undescribed members. So a
// member that is added by mistake is noticed.
func TestObjectsOfOursAreClosed(t *testing.T) {
	d := read(t)
	schemas := openapi.Member(openapi.Member(d.Root(), "components"), "schemas")
	for name, schema := range openapi.Members(schemas) {
		if openapi.Member(schema, "properties") == nil || strings.HasSuffix(name, "Members") {
			continue // other schemas extend this one
		}
		closed := openapi.Text(schema, "additionalProperties") == "false" || openapi.Text(schema, "unevaluatedProperties") == "false"
		// A schema that extends a refusal with allOf is closed by the refusal's schema.
		if !closed && openapi.Member(schema, "allOf") == nil {
			t.Errorf("%s allows undescribed members", name)
		}
	}
}
