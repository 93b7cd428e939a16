package stack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"livechat/shared/telemetry"
)

var root = filepath.Join("..", "..")

// document is the template as it is written, with the short forms of intrinsic
// functions taken for what is behind them.
type document struct {
	Parameters map[string]map[string]any
	Mappings   map[string]map[string]map[string]any
	Resources  map[string]resource
	Outputs    map[string]map[string]any
}

type resource struct {
	Type       string         `yaml:"Type"`
	Metadata   map[string]any `yaml:"Metadata"`
	Properties map[string]any `yaml:"Properties"`
}

func read(t *testing.T) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Load(text, &node); err != nil {
		t.Fatal(err)
	}
	plain(&node)
	var d struct {
		Parameters map[string]map[string]any            `yaml:"Parameters"`
		Mappings   map[string]map[string]map[string]any `yaml:"Mappings"`
		Resources  map[string]resource                  `yaml:"Resources"`
		Outputs    map[string]map[string]any            `yaml:"Outputs"`
	}
	if err := node.Load(&d); err != nil {
		t.Fatal(err)
	}
	return document(d)
}

// plain drops the tags of intrinsic functions.
func plain(n *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		n.Tag = ""
	}
	for _, child := range n.Content {
		plain(child)
	}
}

func (d document) of(kind string) []string {
	var ids []string
	for id, r := range d.Resources {
		if r.Type == kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestEveryFunctionHasRoleLogsAndAlarms(t *testing.T) {
	d := read(t)
	functions := d.of("AWS::Serverless::Function")
	if len(functions) == 0 {
		t.Fatal("the template has no functions")
	}
	for _, id := range functions {
		name := strings.TrimSuffix(id, "Function")
		p := d.Resources[id].Properties
		if p["Role"] != name+"Role.Arn" || d.Resources[name+"Role"].Type != "AWS::IAM::Role" {
			t.Errorf("%s has the role %v, not its own", id, p["Role"])
		}
		logging, _ := p["LoggingConfig"].(map[string]any)
		logs := d.Resources[name+"Logs"]
		if logging["LogGroup"] != name+"Logs" || logs.Type != "AWS::Logs::LogGroup" || logs.Properties["RetentionInDays"] == nil {
			t.Errorf("%s logs to %v, which is no log group of its own with an end", id, logging["LogGroup"])
		}
		deployment, _ := p["DeploymentPreference"].(map[string]any)
		watched, _ := deployment["Alarms"].([]any)
		for _, alarm := range []string{name + "Errors", name + "NewVersionErrors"} {
			if d.Resources[alarm].Type != "AWS::CloudWatch::Alarm" || !slices.Contains(watched, any(alarm)) {
				t.Errorf("%s has no alarm %s that ends a deployment", id, alarm)
			}
		}
		if p["AutoPublishAliasAllProperties"] != true {
			t.Errorf("%s: a change of its settings alone would not be published", id)
		}
	}
}

func TestNoStatementHasAWildcardResource(t *testing.T) {
	d := read(t)
	for _, id := range d.of("AWS::IAM::Role") {
		text, err := json.Marshal(d.Resources[id].Properties["Policies"])
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`"(Resource|Action)":"[^"]*\*"`).Match(text) || strings.Contains(string(text), `:*"`) {
			t.Errorf("%s allows more than it names: %s", id, text)
		}
		if d.Resources[id].Properties["ManagedPolicyArns"] != nil {
			t.Errorf("%s has managed policies, which allow what nobody here wrote", id)
		}
	}
}

// TestEveryAlarmHasItsRunbook: an alarm is quiet without data, and points to a
// heading of the runbook.
func TestEveryAlarmHasItsRunbook(t *testing.T) {
	runbook, err := os.ReadFile(filepath.Join(root, "infra", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]bool{}
	for line := range strings.SplitSeq(string(runbook), "\n") {
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			headings[strings.ReplaceAll(strings.ToLower(heading), " ", "-")] = true
		}
	}
	d := read(t)
	for _, id := range d.of("AWS::CloudWatch::Alarm") {
		p := d.Resources[id].Properties
		description, _ := p["AlarmDescription"].(string)
		_, anchor, _ := strings.Cut(description, "${RunbookUrl}#")
		if !headings[anchor] {
			t.Errorf("%s points to the heading %q, which the runbook does not have", id, anchor)
		}
		if p["TreatMissingData"] != "notBreaching" || p["AlarmActions"] == nil {
			t.Errorf("%s: missing data %v, actions %v", id, p["TreatMissingData"], p["AlarmActions"])
		}
	}
}

func TestMetricsInTheTemplateAreOnesThatAreWritten(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`\["`+telemetry.Namespace+`", "(\w+)"`).FindAllStringSubmatch(string(text), -1)
	var names []string
	for _, m := range shown {
		names = append(names, m[1])
	}
	for _, m := range []telemetry.Metric{
		telemetry.RoomsOpened, telemetry.DuplicatesPrevented, telemetry.RoomsMoved, telemetry.SurveysAnswered,
		telemetry.VisitorsRegistered, telemetry.VisitorsDeleted, telemetry.Faults,
	} {
		if !slices.Contains(names, string(m)) {
			t.Errorf("the dashboard does not show %s", m)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name == string(m) })
	}
	if len(names) > 0 {
		t.Errorf("the dashboard shows %v, which nobody writes", names)
	}
}

func TestDashboardIsJSON(t *testing.T) {
	d := read(t)
	body, _ := d.Resources["Dashboard"].Properties["DashboardBody"].(string)
	if !json.Valid([]byte(body)) {
		t.Errorf("the dashboard's body is no JSON:\n%s", body)
	}
}

func TestAccessLogHoldsNoSecret(t *testing.T) {
	d := read(t)
	settings, _ := d.Resources["Api"].Properties["AccessLogSettings"].(map[string]any)
	format, _ := settings["Format"].(string)
	var members map[string]string
	if err := json.Unmarshal([]byte(format), &members); err != nil {
		t.Fatalf("the format is no JSON: %v", err)
	}
	for name, value := range members {
		for _, secret := range []string{"path", "querystring", "header", "authorizer", "input", "domainName"} {
			if strings.Contains(strings.ToLower(value), secret) {
				t.Errorf("%s logs %s, which can hold a token", name, value)
			}
		}
	}
}

func TestEveryParameterIsDescribedAndBounded(t *testing.T) {
	bounds := []string{"AllowedValues", "AllowedPattern", "MinValue", "MinLength"}
	for name, p := range read(t).Parameters {
		bounded := slices.ContainsFunc(bounds, func(b string) bool { return p[b] != nil })
		// A list takes no bounds.
		if p["Description"] == nil || p["Default"] == nil || !bounded && p["Type"] != "CommaDelimitedList" {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestEveryOutputIsDescribed(t *testing.T) {
	for name, o := range read(t).Outputs {
		if o["Description"] == nil {
			t.Errorf("output %s", name)
		}
	}
}

func TestProductionIsProtected(t *testing.T) {
	d := read(t)
	if got := d.Mappings["Environments"]["prod"]["DeletionProtection"]; got != "true" {
		t.Errorf("deletion protection in production is %v", got)
	}
	for _, rule := range []string{"DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification", "OnDemandThroughput"} {
		if d.Resources["Table"].Properties[rule] == nil {
			t.Errorf("the table has no %s", rule)
		}
	}
}
