package template

import (
	"fmt"
	"regexp"
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

// Schedule is a schedule that invokes a function.
type Schedule struct {
	Function   string
	Name       string
	Expression string // rate(…), cron(…) or at(…)
	Timezone   string // of the expression; empty means UTC
	Input      string // the event; empty means the scheduler's default
}

func (r *reader) events(f *Function, n *yaml.Node) error {
	return each(n, func(name string, event *yaml.Node) error {
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
	if err := load(n, &p); err != nil {
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

// expression matches the outer form of a schedule expression. The scheduler parses the
// text in the parentheses.
var expression = regexp.MustCompile(`^(rate\(\d+ (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\)|at\([0-9T:-]+\))$`)

func (f *Function) schedule(name string, n *yaml.Node) error {
	var p struct {
		Expression string    `yaml:"ScheduleExpression"`
		Timezone   string    `yaml:"ScheduleExpressionTimezone"`
		Input      string    `yaml:"Input"`
		Name       yaml.Node `yaml:"Name"`
		Describe   yaml.Node `yaml:"Description"`
		State      string    `yaml:"State"`
		Window     yaml.Node `yaml:"FlexibleTimeWindow"`
		Retry      yaml.Node `yaml:"RetryPolicy"`
		DeadLetter yaml.Node `yaml:"DeadLetterConfig"`
		Boundary   yaml.Node `yaml:"PermissionsBoundary"`
		OmitName   yaml.Node `yaml:"OmitName"`
		Group      yaml.Node `yaml:"GroupName"`
		Key        yaml.Node `yaml:"KmsKeyArn"`
		Role       yaml.Node `yaml:"RoleArn"`
	}
	if err := load(n, &p); err != nil {
		return err
	}
	if !expression.MatchString(p.Expression) {
		return fmt.Errorf("line %d: %q is not a schedule expression", n.Line, p.Expression)
	}
	if p.State == "DISABLED" {
		return nil
	}
	f.Schedules = append(f.Schedules, Schedule{
		Function: f.ID, Name: name, Expression: p.Expression, Timezone: p.Timezone, Input: p.Input,
	})
	return nil
}
