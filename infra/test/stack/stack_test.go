package stack

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"livechat/shared/telemetry"
)

var root = filepath.Join("..", "..", "..")

// document is the template as written, with the short forms of intrinsic functions
// reduced to their arguments.
type document struct {
	Parameters map[string]map[string]any
	Globals    map[string]any
	Mappings   map[string]map[string]map[string]any
	Resources  map[string]resource
	Outputs    map[string]map[string]any
}

type resource struct {
	Type                string         `yaml:"Type"`
	DeletionPolicy      string         `yaml:"DeletionPolicy"`
	UpdateReplacePolicy string         `yaml:"UpdateReplacePolicy"`
	Metadata            map[string]any `yaml:"Metadata"`
	Properties          map[string]any `yaml:"Properties"`
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
		Globals    map[string]any                       `yaml:"Globals"`
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

func TestEveryFunctionHasItsRole(t *testing.T) {
	d := read(t)
	functions := d.of("AWS::Serverless::Function")
	if len(functions) == 0 {
		t.Fatal("the template has no functions")
	}
	for _, id := range functions {
		role := strings.TrimSuffix(id, "Function") + "Role"
		p := d.Resources[id].Properties
		if p["Role"] != role+".Arn" || d.Resources[role].Type != "AWS::IAM::Role" {
			t.Errorf("%s has the role %v, not its own", id, p["Role"])
		}
		if p["AutoPublishAliasAllProperties"] != true {
			t.Errorf("%s: a change of only its settings would not be published", id)
		}
	}
}

func TestFunctionsShareALogGroup(t *testing.T) {
	d := read(t)
	logging, _ := d.Globals["Function"].(map[string]any)["LoggingConfig"].(map[string]any)
	logs := d.Resources["Logs"]
	if logging["LogGroup"] != "Logs" || logs.Type != "AWS::Logs::LogGroup" || logs.Properties["RetentionInDays"] == nil {
		t.Errorf("functions log to %v, which is not a log group with a retention", logging["LogGroup"])
	}
	for _, id := range d.of("AWS::Serverless::Function") {
		if own := d.Resources[id].Properties["LoggingConfig"]; own != nil {
			t.Errorf("%s logs elsewhere: %v", id, own)
		}
	}
}

// ownRollback lists the functions whose new version has an alarm of its own: their failure
// loses what a visitor wrote.
var ownRollback = []string{"Room", "Message", "RoomClose", "RoomSurvey", "SurveyLink"}

// TestFaultyVersionsAreRolledBack checks that each function that runs often enough to fail
// during a canary has an alarm that ends its deployment.
func TestFaultyVersionsAreRolledBack(t *testing.T) {
	d := read(t)
	for _, id := range d.of("AWS::Serverless::Function") {
		name := strings.TrimSuffix(id, "Function")
		want := []any{"ApiFaults"}
		switch {
		case slices.Contains([]string{"SurveyRollup", "Retention", "MailFeedback"}, name):
			continue // they run rarely: EventsFail reports a failure
		case name == "SurveySend":
			want = []any{"SurveySendFails"}
		case slices.Contains(ownRollback, name):
			want = append(want, name+"NewVersionFaults")
		}
		deployment, _ := d.Resources[id].Properties["DeploymentPreference"].(map[string]any)
		if diff := cmp.Diff(any([]any{"HasCanary", want, []any{}}), deployment["Alarms"]); diff != "" {
			t.Errorf("%s: alarms that end a deployment (-want +got):\n%s", id, diff)
		}
		if deployment["Type"] != "DeploymentType" {
			t.Errorf("%s is deployed as %v", id, deployment["Type"])
		}
	}
}

// statement is a statement of a role.
type statement struct {
	Effect    string
	Action    any
	Resource  any
	Condition map[string]map[string][]string
}

func statements(t *testing.T, role resource) []statement {
	t.Helper()
	text, err := json.Marshal(role.Properties["Policies"])
	if err != nil {
		t.Fatal(err)
	}
	var policies []struct {
		PolicyDocument struct{ Statement []json.RawMessage }
	}
	if err := json.Unmarshal(text, &policies); err != nil || len(policies) != 1 {
		t.Fatalf("policies %s: %v", text, err)
	}
	var all []statement
	for _, raw := range policies[0].PolicyDocument.Statement {
		// A conditional statement is [condition, statement, none].
		var conditional []json.RawMessage
		if json.Unmarshal(raw, &conditional) == nil {
			raw = conditional[1]
		}
		var s statement
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatalf("statement %s: %v", raw, err)
		}
		all = append(all, s)
	}
	return all
}

// TestRolesAllowWhatIsNamed checks that a function may write only to the log group, and
// access only the partitions that its statements name. The laptop cloud's tests check
// that each grant is used.
func TestRolesAllowWhatIsNamed(t *testing.T) {
	d := read(t)
	for _, id := range d.of("AWS::IAM::Role") {
		role := d.Resources[id]
		if role.Properties["ManagedPolicyArns"] != nil {
			t.Errorf("%s has managed policies, which can allow more than this template says", id)
		}
		all := statements(t, role)
		logs := statement{
			Effect: "Allow", Action: []any{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resource: "Logs.Arn",
		}
		if diff := cmp.Diff(logs, all[0]); diff != "" {
			t.Errorf("%s: logging (-want +got):\n%s", id, diff)
		}
		for _, s := range all[1:] {
			if s.elsewhere() {
				continue
			}
			for _, action := range texts(s.Action) {
				if !strings.HasPrefix(action, "dynamodb:") || strings.Contains(action, "*") {
					t.Errorf("%s allows %s", id, action)
				}
			}
			for _, on := range texts(s.Resource) {
				if on != "Table.Arn" && on != "${Table.Arn}/index/GSI1" && on != "${Table.Arn}/index/GSI2" {
					t.Errorf("%s allows access to %s", id, on)
				}
			}
			keys := s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
			if len(keys) == 0 || slices.Contains(keys, "*") {
				t.Errorf("%s allows %v on every partition", id, s.Action)
			}
		}
	}
}

// elsewhere reports whether the statement is one of the two that are not about the table:
// mails from the one identity with the one configuration set, and dead letters.
func (s statement) elsewhere() bool {
	if s.Effect != "Allow" || s.Condition != nil {
		return false
	}
	switch s.Action {
	case "ses:SendEmail":
		const ses = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
		return slices.Equal(texts(s.Resource), []string{ses + "identity/${MailIdentity}", ses + "configuration-set/${SurveyMails}"})
	case "sqs:SendMessage":
		return s.Resource == "ScheduleDeadLetters.Arn"
	}
	return false
}

// texts returns a list that may be written as a single string.
func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var all []string
	for _, text := range list {
		all = append(all, fmt.Sprint(text))
	}
	return all
}

func TestEveryRouteThatWritesIsThrottledApart(t *testing.T) {
	d := read(t)
	settings, _ := d.Resources["Api"].Properties["RouteSettings"].(map[string]any)
	for _, id := range d.of("AWS::Serverless::Function") {
		events, _ := d.Resources[id].Properties["Events"].(map[string]any)
		for _, e := range events {
			if e.(map[string]any)["Type"] != "HttpApi" {
				continue
			}
			p, _ := e.(map[string]any)["Properties"].(map[string]any)
			route := fmt.Sprintf("%v %v", p["Method"], p["Path"])
			rate := "WriteRate"
			if p["Method"] == "GET" {
				rate = "ReadRate"
			}
			limits, _ := settings[route].(map[string]any)
			if limits["ThrottlingRateLimit"] != rate || limits["ThrottlingBurstLimit"] == nil {
				t.Errorf("%s has the limits %v, want %s", route, limits, rate)
			}
		}
	}
}

// TestAlarms checks which alarms exist, what they cost, and that an alarm of a new version
// watches only its own function.
func TestAlarms(t *testing.T) {
	d := read(t)
	want := []string{
		"ApiFaults", "ApiLatency", "FunctionThrottles", "TableThrottles", "TableNearCeiling",
		"EventsFail", "SurveySendFails", "SurveysLate", "SurveysUndelivered",
		"SurveyMailsNearLimit", "SurveyMailsBounce", "SurveyMailComplaints",
	}
	for _, name := range ownRollback {
		alarm := name + "NewVersionFaults"
		want = append(want, alarm)
		text, err := json.Marshal(d.Resources[alarm].Properties["Metrics"])
		if err != nil {
			t.Fatal(err)
		}
		for _, metric := range []string{"Invocations", "Errors", string(telemetry.Faults)} {
			if !strings.Contains(string(text), `"MetricName":"`+metric+`"`) {
				t.Errorf("%s does not watch %s", alarm, metric)
			}
		}
		watched := regexp.MustCompile(`"Value":"(\w+)Function"`).FindAllStringSubmatch(string(text), -1)
		for _, w := range watched {
			if w[1] != name {
				t.Errorf("%s watches %sFunction", alarm, w[1])
			}
		}
		if versions := strings.Count(string(text), `"Value":"`+name+`Function.Version.Version"`); versions != 3 || len(watched) < 3 {
			t.Errorf("%s watches %d metrics of the new version, want 3", alarm, versions)
		}
	}
	slices.Sort(want)
	got := d.of("AWS::CloudWatch::Alarm")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
	metrics := 0
	for _, alarm := range got {
		metrics += max(1, len(texts(d.Resources[alarm].Properties["Metrics"]))-1) // without the expression
	}
	// CloudWatch charges 0.10 $ a month for each metric of an alarm.
	if metrics > 40 {
		t.Errorf("the alarms watch %d metrics, which cost more than 4 $ a month", metrics)
	}
}

// TestEveryAlarmHasItsRunbook checks that an alarm is quiet without data, and refers to a
// heading of the runbook.
func TestEveryAlarmHasItsRunbook(t *testing.T) {
	runbook, err := os.ReadFile(filepath.Join(root, "infra", "operating.md"))
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
			t.Errorf("%s refers to the heading %q, which the runbook lacks", id, anchor)
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
	// Alarms name their metrics in separate lines.
	shown := regexp.MustCompile(`\["`+telemetry.Namespace+`", "(\w+)"`).FindAllStringSubmatch(string(text), -1)
	var names []string
	for _, m := range shown {
		names = append(names, m[1])
	}
	for _, m := range []telemetry.Metric{
		telemetry.RoomsTaken, telemetry.RoomsForwarded, telemetry.MessagesPosted,
		telemetry.RoomsOpened, telemetry.DuplicatesPrevented, telemetry.RoomsMoved, telemetry.SurveysAnswered,
		telemetry.VisitorsRegistered, telemetry.VisitorsDeleted, telemetry.Faults, telemetry.RoomsClosed,
		telemetry.SurveysScheduled, telemetry.SurveysSkipped, telemetry.SurveysSent, telemetry.SurveysFailed, telemetry.SurveyDelay, telemetry.SurveyMailShare,
		telemetry.SurveyMailsBounced, telemetry.SurveyMailsComplained,
		telemetry.CallsLimited,
		telemetry.RoomsErased, telemetry.AnswersErased, telemetry.SurveysErased, telemetry.VisitorsErased, telemetry.AuditErased,
	} {
		if !slices.Contains(names, string(m)) {
			t.Errorf("the dashboard does not show %s", m)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name == string(m) })
	}
	if len(names) > 0 {
		t.Errorf("the dashboard shows %v, which no function writes", names)
	}
}

// TestEventsNobodyWaitsForAreNotLost checks that an event becomes a dead letter when all
// retries fail, that the function's role may write it, and that an alarm watches dead
// letters.
func TestEventsNobodyWaitsForAreNotLost(t *testing.T) {
	d := read(t)
	kinds := map[string]int{}
	for _, id := range d.of("AWS::Serverless::Function") {
		p := d.Resources[id].Properties
		events, _ := p["Events"].(map[string]any)
		for _, e := range events {
			event, _ := e.(map[string]any)
			kind, _ := event["Type"].(string)
			if kind == "HttpApi" {
				continue
			}
			kinds[kind]++
			properties, _ := event["Properties"].(map[string]any)
			letters, _ := properties["DeadLetterConfig"].(map[string]any)
			invoke, _ := p["EventInvokeConfig"].(map[string]any)
			text, err := json.Marshal(invoke["DestinationConfig"])
			if err != nil {
				t.Fatal(err)
			}
			if letters["Arn"] != "ScheduleDeadLetters.Arn" || !strings.Contains(string(text), `"Destination":"ScheduleDeadLetters.Arn"`) {
				t.Errorf("%s: failed events go to %v and %s", id, letters, text)
			}
			if kind == "ScheduleV2" && properties["Input"] != `{"time":"<aws.scheduler.scheduled-time>"}` {
				t.Errorf("%s is invoked with %v", id, properties["Input"])
			}
		}
		if p["EventInvokeConfig"] == nil {
			continue
		}
		role := statements(t, d.Resources[strings.TrimSuffix(id, "Function")+"Role"])
		if !slices.ContainsFunc(role, func(s statement) bool { return s.Action == "sqs:SendMessage" }) {
			t.Errorf("%s lacks the permission to send dead letters", id)
		}
	}
	if diff := cmp.Diff(map[string]int{"ScheduleV2": 3, "EventBridgeRule": 1}, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestMailsThatComeBackAreReported checks that the sending function uses the
// configuration set whose events match the rule of mail-feedback.
func TestMailsThatComeBackAreReported(t *testing.T) {
	d := read(t)
	send := d.Resources["SurveySendFunction"].Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
	if diff := cmp.Diff(any([]any{"HasMail", "SurveyMails", ""}), send["MAIL_CONFIGURATION_SET"]); diff != "" {
		t.Errorf("configuration set (-want +got):\n%s", diff)
	}
	reports := d.Resources["SurveyMailReports"].Properties
	destination, _ := reports["EventDestination"].(map[string]any)
	if reports["ConfigurationSetName"] != "SurveyMails" || destination["Enabled"] != true ||
		!slices.Equal(texts(destination["MatchingEventTypes"]), []string{"bounce", "complaint"}) {
		t.Errorf("reports %v", reports)
	}
	events := d.Resources["MailFeedbackFunction"].Properties["Events"].(map[string]any)
	rule := events["Report"].(map[string]any)["Properties"].(map[string]any)["Pattern"]
	want := map[string]any{
		"source": []any{"aws.ses"}, "detail-type": []any{"Email Bounced", "Email Complaint Received"},
		"detail": map[string]any{"mail": map[string]any{"tags": map[string]any{"ses:configuration-set": []any{[]any{"HasMail", "SurveyMails", "none"}}}}},
	}
	if diff := cmp.Diff(any(want), rule); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
}

func TestDashboardIsJSON(t *testing.T) {
	d := read(t)
	body, _ := d.Resources["Dashboard"].Properties["DashboardBody"].(string)
	if !json.Valid([]byte(body)) {
		t.Errorf("the dashboard's body is not JSON:\n%s", body)
	}
}

func TestAccessLogHoldsNoSecret(t *testing.T) {
	d := read(t)
	settings, _ := d.Resources["Api"].Properties["AccessLogSettings"].(map[string]any)
	format, _ := settings["Format"].(string)
	var members map[string]string
	if err := json.Unmarshal([]byte(format), &members); err != nil {
		t.Fatalf("the format is not JSON: %v", err)
	}
	for name, value := range members {
		for _, secret := range []string{"path", "querystring", "header", "authorizer", "input", "domainName"} {
			if strings.Contains(strings.ToLower(value), secret) {
				t.Errorf("%s logs %s, which can contain a token", name, value)
			}
		}
	}
}

func TestEveryParameterIsDescribedAndBounded(t *testing.T) {
	bounds := []string{"AllowedValues", "AllowedPattern", "MinValue", "MinLength"}
	for name, p := range read(t).Parameters {
		bounded := slices.ContainsFunc(bounds, func(b string) bool { return p[b] != nil })
		if p["Description"] == nil || p["Default"] == nil || !bounded || (p["MinValue"] == nil) != (p["MaxValue"] == nil) {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestEveryOutputIsDescribed(t *testing.T) {
	for name, o := range read(t).Outputs {
		if o["Description"] == nil {
			t.Errorf("output %s has no description", name)
		}
	}
}

func TestTableIsNotLost(t *testing.T) {
	d := read(t)
	table := d.Resources["Table"]
	if table.DeletionPolicy != "Retain" || table.UpdateReplacePolicy != "Retain" {
		t.Errorf("the table is deleted with its stack: %s, %s", table.DeletionPolicy, table.UpdateReplacePolicy)
	}
	want := map[string]any{
		"DeletionProtectionEnabled":        []any{"Environments", "Environment", "DeletionProtection"},
		"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
		"SSESpecification":                 map[string]any{"SSEEnabled": true},
		"TimeToLiveSpecification":          map[string]any{"AttributeName": "expires", "Enabled": true},
		"OnDemandThroughput":               map[string]any{"MaxReadRequestUnits": "MaxReadUnits", "MaxWriteRequestUnits": "MaxWriteUnits"},
	}
	for property, value := range want {
		if diff := cmp.Diff(value, table.Properties[property]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", property, diff)
		}
	}
	if got := d.Mappings["Environments"]["prod"]["DeletionProtection"]; got != "true" {
		t.Errorf("deletion protection in production is %v", got)
	}
}

// TestNothingThatRunsComesFromAParameterThatChanges exists because SAM publishes a
// version when the template's text changes, but not when a parameter's value does. The
// alias would keep the old version.
func TestNothingThatRunsComesFromAParameterThatChanges(t *testing.T) {
	d := read(t)
	for name := range d.Parameters {
		if name == "Architecture" || name == "DynamoDbEndpoint" {
			continue // changes the package, or is only for laptops
		}
		text, err := json.Marshal(d.Globals)
		if err != nil {
			t.Fatal(err)
		}
		// Match a value, not a property's name.
		if regexp.MustCompile(`[:\[]"` + name + `"`).Match(text) {
			t.Errorf("the functions' settings use %s", name)
		}
	}
}
