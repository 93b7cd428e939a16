// Package template reads the SAM template for the laptop's cloud. Inside: what
// the template declares, as Go values with every intrinsic function resolved.
// Not inside: running any of it.
//
// What a laptop must act on and this package does not understand is an error
// that names the line. What has no meaning on a laptop (alarms, log groups,
// outputs, tracing) is let through.
package template

import (
	"fmt"
	"os"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// Template is what the laptop's cloud needs of a template.
type Template struct {
	Functions []Function
	Tables    []Table
	// CORS of the HTTP API; nil when it declares none.
	CORS *CORS
	// ConfigurationSets of SES, by name, with the types of events that each sends to the
	// default event bus.
	ConfigurationSets map[string][]string
}

// Options say where the template is taken to be deployed.
type Options struct {
	// Parameters override the template's defaults.
	Parameters map[string]string
	// Laptop has values that suit a laptop better than the template's defaults;
	// parameters that the template does not declare are passed over.
	Laptop map[string]string
	// Names gives physical names by logical id; others are named as their id.
	Names map[string]string
	// URL is the address of the HTTP API.
	URL string
}

// Read reads the template at path.
func Read(path string, o Options) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	t, err := parse(data, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Routes returns the routes of all functions.
func (t *Template) Routes() []Route {
	var all []Route
	for _, f := range t.Functions {
		all = append(all, f.Routes...)
	}
	return all
}

func parse(data []byte, o Options) (*Template, error) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line 1: not a template")
	}
	r := reader{root: document.Content[0], options: o}
	if err := r.readScope(); err != nil {
		return nil, err
	}
	return r.read()
}

// reader holds what reading one template needs throughout.
type reader struct {
	root    *yaml.Node
	options Options
	scope   intrinsic.Scope
	globals *yaml.Node // of functions, resolved; may be nil
	// throttles are those of the API's routes, by key; others of the rest.
	throttles map[string]Throttle
	others    Throttle
	out       Template
}

func (r *reader) read() (*Template, error) {
	if err := r.readGlobals(); err != nil {
		return nil, err
	}
	resources := intrinsic.Member(r.root, "Resources")
	if resources == nil {
		return nil, fmt.Errorf("line %d: no Resources", r.root.Line)
	}
	for i := 0; i < len(resources.Content); i += 2 {
		if err := r.resource(resources.Content[i].Value, resources.Content[i+1]); err != nil {
			return nil, err
		}
	}
	return &r.out, r.throttle()
}

// missing are types a laptop could not leave out unnoticed.
var missing = []string{
	"AWS::Serverless::Api", "AWS::Serverless::SimpleTable", "AWS::Serverless::StateMachine",
	"AWS::Serverless::Application", "AWS::Serverless::LayerVersion", "AWS::Serverless::Connector",
	"AWS::Lambda::Function", "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Route",
	"AWS::DynamoDB::GlobalTable", "AWS::Scheduler::Schedule", "AWS::Events::Rule",
}

func (r *reader) resource(id string, n *yaml.Node) error {
	wanted, err := r.wanted(n)
	if err != nil || !wanted {
		return err
	}
	kind := intrinsic.Member(n, "Type")
	if kind == nil {
		return fmt.Errorf("line %d: %s has no Type", n.Line, id)
	}
	var read func(string, *yaml.Node) error
	switch {
	case kind.Value == "AWS::Serverless::Function":
		read = r.function
	case kind.Value == "AWS::Serverless::HttpApi":
		read = r.api
	case kind.Value == "AWS::DynamoDB::Table":
		read = r.table
	case kind.Value == "AWS::SES::ConfigurationSet":
		read = r.configurationSet
	case kind.Value == "AWS::SES::ConfigurationSetEventDestination":
		read = r.mailEvents
	case slices.Contains(missing, kind.Value):
		return fmt.Errorf("line %d: %s: the laptop's cloud has no %s", kind.Line, id, kind.Value)
	default:
		return nil
	}
	properties, err := r.properties(n)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	if err := read(id, properties); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return nil
}

func (r *reader) wanted(n *yaml.Node) (bool, error) {
	condition := intrinsic.Member(n, "Condition")
	if condition == nil {
		return true, nil
	}
	return r.scope.Holds(condition, condition.Value)
}

func (r *reader) properties(n *yaml.Node) (*yaml.Node, error) {
	p := intrinsic.Member(n, "Properties")
	if p == nil {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line}, nil
	}
	return r.scope.Resolve(p)
}

// load fills a struct that names every property understood.
func load(n *yaml.Node, into any) error {
	err := n.Load(into, yaml.WithKnownFields())
	if err == nil {
		return nil
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s: %s is not understood by the laptop's cloud", m[1], m[2])
	}
	return err
}

// unknownField finds the member in the library's words, which speak of Go types.
var unknownField = regexp.MustCompile(`(line \d+): field (\S+) not found in type`)

// each calls f for the members of a mapping in the template's order.
func each(n *yaml.Node, f func(name string, value *yaml.Node) error) error {
	if n == nil {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if err := f(n.Content[i].Value, n.Content[i+1]); err != nil {
			return fmt.Errorf("%s: %w", n.Content[i].Value, err)
		}
	}
	return nil
}
