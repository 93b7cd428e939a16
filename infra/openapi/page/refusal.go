package page

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

// refusal is one way in which a call can fail.
type refusal struct {
	Status, Error, Text string
}

// meanings is the document's extension member that explains the error texts.
const meanings = "x-refusals"

// refusals returns the possible errors of an answer with the status.
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
			continue // the gateway's own answer
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

// example returns an example of an error text. This is the schema's first example, or
// else the pattern with its variable parts shortened.
func example(schema *yaml.Node, pattern string) string {
	for _, e := range openapi.Items(openapi.Member(schema, "examples")) {
		return openapi.Text(e, "error")
	}
	return strings.NewReplacer(`^`, "", `$`, "", `[\s\S]*`, "…", `[\s\S]+`, "…", `\[`, "[", `\]`, "]").Replace(pattern)
}
