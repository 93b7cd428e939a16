package page

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/openapi"
)

// request returns a curl command line that makes the call.
func (w *writer) request(route openapi.Route, parameters []*yaml.Node) (string, error) {
	path, query := route.Path, []string{}
	for _, p := range parameters {
		name, value := openapi.Text(p, "name"), openapi.Text(p, "example")
		switch {
		case openapi.Text(p, "in") == "path":
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case openapi.Text(p, "in") == "query" && openapi.Text(p, "required") == "true" && value != "",
			// Send token although it is optional, because the answer shows little without
			// it.
			openapi.Text(p, "in") == "query" && name == "token" && value != "":
			query = append(query, name+"="+url.QueryEscape(value))
		}
	}
	address := w.server() + path
	if len(query) > 0 {
		address += "?" + strings.Join(query, "&")
	}
	line := "curl -s "
	body, err := w.body(route)
	if err != nil {
		return "", err
	}
	if standard := map[bool]string{true: "POST", false: "GET"}[body != ""]; route.Method != standard {
		line += "-X " + route.Method + " "
	}
	line += quote(address)
	if len(openapi.Items(openapi.Member(route.Operation, "security"))) > 0 {
		line += " \\\n  -H \"X-User-Id: $USER_ID\" -H \"X-Auth-Token: $AUTH_TOKEN\""
	}
	if body != "" {
		line += " \\\n  -d " + quote(body)
	}
	return line, nil
}

// server returns the address of the document's first server.
func (w *writer) server() string {
	servers := openapi.Items(openapi.Member(w.document.Root(), "servers"))
	if len(servers) == 0 {
		return ""
	}
	address := openapi.Text(servers[0], "url")
	for name, variable := range openapi.Members(openapi.Member(servers[0], "variables")) {
		address = strings.ReplaceAll(address, "{"+name+"}", openapi.Text(variable, "default"))
	}
	return address
}

// body returns the first example of the call's body, encoded as the call sends it.
func (w *writer) body(route openapi.Route) (string, error) {
	for kind, content := range openapi.Members(openapi.Member(openapi.Member(route.Operation, "requestBody"), "content")) {
		for _, example := range openapi.Members(openapi.Member(content, "examples")) {
			value := openapi.Member(example, "value")
			if kind == jsonKind {
				text, err := openapi.NodeJSON(value)
				return string(text), err
			}
			var fields []string
			for name, field := range openapi.Members(value) {
				fields = append(fields, url.QueryEscape(name)+"="+url.QueryEscape(field.Value))
			}
			return strings.Join(fields, "&"), nil
		}
	}
	return "", nil
}

// quote quotes a text for a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// indented returns the node as indented JSON.
func indented(n *yaml.Node) (string, error) {
	text, err := openapi.NodeJSON(n)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = json.Indent(&out, text, "", "  ")
	return out.String(), err
}
