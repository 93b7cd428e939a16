package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// Route is a path and method of the HTTP API.
type Route struct {
	Function string
	Method   string // upper case, or ANY
	Path     string // may contain {name} and {name+}; $default matches all other requests
	Throttle Throttle
}

// Key returns the route's name in the HTTP API, for example "GET /rooms/{id}".
func (r Route) Key() string {
	if r.Path == "$default" {
		return r.Path
	}
	return r.Method + " " + r.Path
}

func (r *reader) events(f *Function, n *yaml.Node) error {
	return eachMember(n, func(name string, event *yaml.Node) error {
		kind := intrinsic.Member(event, "Type")
		if kind == nil {
			return fmt.Errorf("line %d: the event has no Type", event.Line)
		}
		properties := intrinsic.Member(event, "Properties")
		if properties == nil {
			properties = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: event.Line}
		}
		switch kind.Value {
		case "HttpApi":
			return f.route(properties)
		case "ScheduleV2":
			return f.schedule(name, properties)
		case "EventBridgeRule":
			return f.rule(name, properties)
		default:
			return fmt.Errorf("line %d: the laptop cloud does not support the event type %s", kind.Line, kind.Value)
		}
	})
}

func (f *Function) route(n *yaml.Node) error {
	p := struct {
		API     yaml.Node `yaml:"ApiId"`
		Method  string    `yaml:"Method"`
		Path    string    `yaml:"Path"`
		Payload string    `yaml:"PayloadFormatVersion"`
	}{Method: "ANY", Path: "$default", Payload: "2.0"}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if p.Payload != "2.0" {
		return fmt.Errorf("line %d: the laptop cloud does not support payload format %s; use 2.0", n.Line, p.Payload)
	}
	method := strings.ToUpper(p.Method)
	if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		method = "ANY"
	}
	f.Routes = append(f.Routes, Route{Function: f.ID, Method: method, Path: p.Path})
	return nil
}
