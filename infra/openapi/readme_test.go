package openapi_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
	"livechat/shared/livechat"
)

// bases lists the prefixes of paths that functions/README.md omits.
var bases = []string{"/api/v1/livechat/", "/api/v1/"}

// sections returns the sections of functions/README.md by heading. Each section is one
// line.
func sections(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "functions", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, part := range regexp.MustCompile(`(?m)^## `).Split(string(text), -1)[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		found[heading] = strings.Join(strings.Fields(body), " ")
	}
	return found
}

// sectionOf returns the section about the route. The section's heading lists the methods
// and then the path, with or without its base.
func sectionOf(found map[string]string, route string) (string, bool) {
	method, path, _ := strings.Cut(route, " ")
	names := []string{path}
	for _, base := range bases {
		if short, has := strings.CutPrefix(path, base); has {
			names = append(names, short)
		}
	}
	for heading, body := range found {
		words := strings.Fields(strings.NewReplacer(",", " ", " and ", " ").Replace(heading))
		var methods []string
		for _, word := range words {
			if word == strings.ToUpper(word) {
				methods = append(methods, word)
				continue
			}
			if slices.Contains(names, word) && slices.Contains(methods, method) {
				return body, true
			}
		}
	}
	return "", false
}

// TestTheReadmeHasEveryCall checks that each route has a section in functions/README.md,
// and that the section has each of the route's error texts.
func TestTheReadmeHasEveryCall(t *testing.T) {
	d := read(t)
	found := sections(t)
	for _, route := range d.Routes() {
		section, ok := sectionOf(found, route)
		if !ok {
			t.Errorf("functions/README.md has no heading for %s", route)
			continue
		}
		for _, status := range d.Statuses(route) {
			texts, err := d.Refusals(route, status)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range texts {
				// The section Answers lists the errors that every call can return.
				common := status != 400 && strings.Contains(found["Answers"], text)
				if !common && !strings.Contains(section, "`"+text+"`") {
					t.Errorf("functions/README.md does not say that %s is refused with %q", route, text)
				}
			}
		}
	}
}

// TestRefusalsAreExplained checks that the document explains each error text.
func TestRefusalsAreExplained(t *testing.T) {
	d := read(t)
	meanings := openapi.Member(d.Root(), "x-refusals")
	used := map[string]bool{}
	for _, route := range d.Routes() {
		texts, err := d.Refusals(route, 400)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			used[text] = true
			if openapi.Text(meanings, text) == "" {
				t.Errorf("x-refusals does not explain %q of %s", text, route)
			}
		}
	}
	for text := range openapi.Members(meanings) {
		if !used[text] {
			t.Errorf("x-refusals explains %q, which no route returns", text)
		}
	}
}

// TestTheDocumentHasWhatIsDeployed compares the document's routes with the template's.
func TestTheDocumentHasWhatIsDeployed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Load(text, &node); err != nil {
		t.Fatal(err)
	}
	var deployed []string
	for _, resource := range openapi.Members(openapi.Member(node.Content[0], "Resources")) {
		for _, event := range openapi.Members(openapi.Member(openapi.Member(resource, "Properties"), "Events")) {
			if openapi.Text(event, "Type") == "HttpApi" {
				p := openapi.Member(event, "Properties")
				deployed = append(deployed, strings.ToUpper(openapi.Text(p, "Method"))+" "+openapi.Text(p, "Path"))
			}
		}
	}
	described := read(t).Routes()
	for _, route := range deployed {
		if !slices.Contains(described, route) {
			t.Errorf("%s is deployed but not described", route)
		}
	}
	for _, route := range described {
		if !slices.Contains(deployed, route) {
			t.Errorf("%s is described but not deployed", route)
		}
	}
}

// TestTheReadmeHasEveryReason checks that the README has every reason why a survey is not
// sent.
func TestTheReadmeHasEveryReason(t *testing.T) {
	section := sections(t)["GET survey.report"]
	for _, reason := range livechat.SkipReasons {
		if !strings.Contains(section, "`"+reason+"`") {
			t.Errorf("functions/README.md does not explain the reason %s", reason)
		}
	}
}
