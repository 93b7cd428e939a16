package page

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

// refusal is one way in which a call does not succeed.
type refusal struct {
	Status, Error, Text string
}

// meanings is the document's own member that says what each refusal means.
const meanings = "x-refusals"

// refusals returns what an answer with that status can say.
func (w *writer) refusals(status, description string, described *yaml.Node) ([]refusal, error) {
	content := openapi.Member(described, "content")
	schema := openapi.Member(openapi.Member(content, jsonKind), "schema")
	if openapi.Member(content, "text/html") != nil || schema == nil {
		return []refusal{{Status: status, Text: description}}, nil
	}
	alternatives := openapi.Items(openapi.Member(schema, "anyOf"))
	if len(alternatives) == 0 {
		alternatives = []*yaml.Node{schema}
	}
	var all []refusal
	for _, one := range alternatives {
		resolved, err := w.document.Resolve(one)
		if err != nil {
			return nil, err
		}
		said := openapi.Member(openapi.Member(resolved, "properties"), "error")
		text := openapi.Text(resolved, "description")
		if said == nil {
			continue // in the gateway's own words
		}
		for _, listed := range append(openapi.Items(openapi.Member(said, "enum")), openapi.Member(said, "const")) {
			if listed == nil {
				continue
			}
			meaning := openapi.Text(openapi.Member(w.document.Root(), meanings), listed.Value)
			if status != "400" {
				meaning = description
			}
			all = append(all, refusal{status, listed.Value, meaning})
		}
		if pattern := openapi.Text(said, "pattern"); pattern != "" {
			all = append(all, refusal{status, example(resolved, pattern), text})
		}
	}
	if len(all) == 0 {
		all = []refusal{{Status: status, Text: description}}
	}
	slices.SortStableFunc(all, func(a, b refusal) int { return strings.Compare(a.Status, b.Status) })
	return all, nil
}

// example is a text that the pattern stands for: the document's own example, or
// the pattern with what can be anything left out.
func example(schema *yaml.Node, pattern string) string {
	for _, e := range openapi.Items(openapi.Member(schema, "examples")) {
		return openapi.Text(e, "error")
	}
	return strings.NewReplacer(`^`, "", `$`, "", `[\s\S]*`, "…", `[\s\S]+`, "…", `\[`, "[", `\]`, "]").Replace(pattern)
}
