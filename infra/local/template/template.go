// Package template reads the SAM template for the laptop cloud. It returns the template's
// resources as Go values, with all intrinsic functions resolved. It does not run the
// resources.
//
// An unsupported part of the template is an error that names the line, if the laptop
// cloud would have to act on the part. Parts without meaning on a laptop (alarms, log
// groups, outputs, tracing) are ignored.
package template

import (
	"fmt"
	"os"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// Template holds the parts of a template that the laptop cloud needs.
type Template struct {
	Functions []Function
	Tables    []Table
	// CORS is the HTTP API's CORS configuration, or nil.
	CORS *CORS
	// ConfigurationSets maps the name of each SES configuration set to the types of
	// events that it sends to the default event bus.
	ConfigurationSets map[string][]string
}

// Options describes the deployment that the laptop cloud imitates.
type Options struct {
	// Parameters override the template's defaults.
	Parameters map[string]string
	// Laptop holds values that suit a laptop better than the template's defaults. Names
	// that the template does not declare are ignored.
	Laptop map[string]string
	// Names maps logical ids to physical names. The name of any other resource is its
	// logical id.
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

// reader holds the state of reading one template.
type reader struct {
	root    *yaml.Node
	options Options
	scope   intrinsic.Scope
	globals *yaml.Node // for functions, resolved; may be nil
	// throttles maps keys of the API's routes to their throttles. others is the throttle
	// of all other routes.
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

// missing lists unsupported resource types that would have an effect on a laptop, so they
// are refused and not ignored.
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
		return fmt.Errorf("line %d: %s: the laptop cloud has no %s", kind.Line, id, kind.Value)
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

// decodeSupported decodes n into a struct that has all supported properties. It fails if n
// has any other property.
func decodeSupported(n *yaml.Node, into any) error {
	err := n.Load(into, yaml.WithKnownFields())
	if err == nil {
		return nil
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s: %s is not supported by the laptop cloud", m[1], m[2])
	}
	return err
}

// unknownField extracts the line and the property from the YAML library's error, which
// also mentions Go types.
var unknownField = regexp.MustCompile(`(line \d+): field (\S+) not found in type`)

// eachMember calls f for the members of a mapping, in the template's order.
func eachMember(n *yaml.Node, f func(name string, value *yaml.Node) error) error {
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
