package template

import (
	"fmt"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v4"

	"livechat/infra/local/template/intrinsic"
)

// Function is one Lambda function.
type Function struct {
	ID        string // logical id; on a laptop also the function's name
	Code      string // folder of its main package, relative to the template
	Handler   string
	Memory    int // MB
	Timeout   time.Duration
	LogFormat string // Text or JSON
	Env       map[string]string
	Routes    []Route
	Schedules []Schedule
	Rules     []Rule
	// Retries is the number of times that an asynchronous event is retried.
	Retries    int
	Statements []Statement
}

// functionProperties lists the supported properties of a function. Properties of type
// yaml.Node are accepted but have no effect on a laptop.
type functionProperties struct {
	CodeURI       string    `yaml:"CodeUri"`
	Runtime       string    `yaml:"Runtime"`
	Handler       string    `yaml:"Handler"`
	MemorySize    int       `yaml:"MemorySize"`
	Timeout       int       `yaml:"Timeout"`
	Role          string    `yaml:"Role"`
	Policies      yaml.Node `yaml:"Policies"`
	Events        yaml.Node `yaml:"Events"`
	LoggingConfig struct {
		LogFormat           string    `yaml:"LogFormat"`
		LogGroup            yaml.Node `yaml:"LogGroup"`
		ApplicationLogLevel yaml.Node `yaml:"ApplicationLogLevel"`
		SystemLogLevel      yaml.Node `yaml:"SystemLogLevel"`
	} `yaml:"LoggingConfig"`
	Environment struct {
		Variables map[string]string `yaml:"Variables"`
	} `yaml:"Environment"`

	EventInvokeConfig struct {
		Retries     int       `yaml:"MaximumRetryAttempts"`
		Age         yaml.Node `yaml:"MaximumEventAgeInSeconds"`
		Destination yaml.Node `yaml:"DestinationConfig"`
	} `yaml:"EventInvokeConfig"`

	Architectures                yaml.Node `yaml:"Architectures"`
	AutoPublishAlias             yaml.Node `yaml:"AutoPublishAlias"`
	AutoPublishAll               yaml.Node `yaml:"AutoPublishAliasAllProperties"`
	DeploymentPreference         yaml.Node `yaml:"DeploymentPreference"`
	Description                  yaml.Node `yaml:"Description"`
	EphemeralStorage             yaml.Node `yaml:"EphemeralStorage"`
	PermissionsBoundary          yaml.Node `yaml:"PermissionsBoundary"`
	PropagateTags                yaml.Node `yaml:"PropagateTags"`
	ProvisionedConcurrencyConfig yaml.Node `yaml:"ProvisionedConcurrencyConfig"`
	ReservedConcurrentExecutions yaml.Node `yaml:"ReservedConcurrentExecutions"`
	Tags                         yaml.Node `yaml:"Tags"`
	Tracing                      yaml.Node `yaml:"Tracing"`
}

func (r *reader) function(id string, n *yaml.Node) error {
	// Lambda's defaults.
	p := functionProperties{MemorySize: 128, Timeout: 3}
	p.LoggingConfig.LogFormat = "Text"
	p.EventInvokeConfig.Retries = 2
	merged := merge(r.globals, n)
	if err := decodeSupported(merged, &p); err != nil {
		return err
	}
	if err := p.check(merged); err != nil {
		return err
	}
	f := Function{
		ID:        id,
		Code:      filepath.Clean(p.CodeURI),
		Handler:   p.Handler,
		Memory:    p.MemorySize,
		Timeout:   time.Duration(p.Timeout) * time.Second,
		LogFormat: p.LoggingConfig.LogFormat,
		Env:       p.Environment.Variables,
		Retries:   p.EventInvokeConfig.Retries,
	}
	var err error
	if f.Statements, err = r.statements(p); err != nil {
		return err
	}
	if err := r.events(&f, &p.Events); err != nil {
		return err
	}
	r.out.Functions = append(r.out.Functions, f)
	return nil
}

func (p functionProperties) check(n *yaml.Node) error {
	if p.CodeURI == "" || !filepath.IsLocal(p.CodeURI) {
		return fmt.Errorf("line %d: CodeUri must be a folder next to the template, not %q", n.Line, p.CodeURI)
	}
	if p.Runtime != "provided.al2023" {
		return fmt.Errorf("line %d: the laptop cloud does not support the runtime %q; use provided.al2023", n.Line, p.Runtime)
	}
	return nil
}

// readGlobals reads the Globals for functions. It refuses other sections, because
// ignoring them would make the laptop cloud behave differently from AWS.
func (r *reader) readGlobals() error {
	return eachMember(intrinsic.Member(r.root, "Globals"), func(section string, n *yaml.Node) error {
		if section != "Function" {
			return fmt.Errorf("line %d: the laptop cloud does not support Globals of %s", n.Line, section)
		}
		resolved, err := r.scope.Resolve(n)
		r.globals = resolved
		return err
	})
}

// merge merges a value from Globals with a function's own value, as SAM does. Mappings
// are merged member by member, and lists are concatenated. Any other own value replaces
// the global value.
func merge(global, own *yaml.Node) *yaml.Node {
	switch {
	case global == nil:
		return own
	case global.Kind == yaml.SequenceNode && own.Kind == yaml.SequenceNode:
		out := *own
		out.Content = append(append([]*yaml.Node{}, global.Content...), own.Content...)
		return &out
	case global.Kind == yaml.MappingNode && own.Kind == yaml.MappingNode:
		return mergeMembers(global, own)
	default:
		return own
	}
}

func mergeMembers(global, own *yaml.Node) *yaml.Node {
	out := *own
	out.Content = nil
	for i := 0; i < len(global.Content); i += 2 {
		key, value := global.Content[i], global.Content[i+1]
		if mine := intrinsic.Member(own, key.Value); mine != nil {
			value = merge(value, mine)
		}
		out.Content = append(out.Content, key, value)
	}
	for i := 0; i < len(own.Content); i += 2 {
		if intrinsic.Member(global, own.Content[i].Value) == nil {
			out.Content = append(out.Content, own.Content[i], own.Content[i+1])
		}
	}
	return &out
}
