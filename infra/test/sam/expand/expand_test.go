//go:build sam

package expand

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type resource struct {
	Type       string
	Properties map[string]any
}

func expanded(t *testing.T) map[string]resource {
	t.Helper()
	root := filepath.Join("..", "..", "..", "..")
	expand := exec.Command(filepath.Join(root, ".tools", "sam-venv", "bin", "python"), "expand.py", filepath.Join(root, "template.yaml"))
	expand.Env = append(expand.Environ(), "AWS_DEFAULT_REGION=eu-central-1")
	out, err := expand.Output()
	if err != nil {
		t.Fatalf("expand the template: %v (run `make check-sam`)", err)
	}
	var template struct{ Resources map[string]resource }
	if err := json.Unmarshal(out, &template); err != nil {
		t.Fatal(err)
	}
	return template.Resources
}

func TestEveryFunctionIsExpandedWhole(t *testing.T) {
	resources := expanded(t)
	counts := map[string]int{}
	for _, r := range resources {
		counts[r.Type]++
	}
	n, scheduled, ruled := counts["AWS::Lambda::Function"], 3, 1
	want := map[string]int{
		"AWS::ApiGatewayV2::Api":                     1,
		"AWS::ApiGatewayV2::ApiMapping":              1,
		"AWS::ApiGatewayV2::DomainName":              1,
		"AWS::ApiGatewayV2::Stage":                   1,
		"AWS::CloudWatch::Alarm":                     17,
		"AWS::CloudWatch::Dashboard":                 1,
		"AWS::CodeDeploy::Application":               1,
		"AWS::CodeDeploy::DeploymentGroup":           n - 3, // not for the functions that run once a night or for a mail
		"AWS::DynamoDB::Table":                       1,
		"AWS::Events::Rule":                          ruled,
		"AWS::IAM::Role":                             n + 1 + scheduled, // plus CodeDeploy's and the scheduler's
		"AWS::Lambda::Alias":                         n,
		"AWS::Lambda::Function":                      n,
		"AWS::Lambda::EventInvokeConfig":             scheduled + ruled,
		"AWS::Lambda::Permission":                    n - scheduled + 3, // the survey page, custom fields and docs have two routes
		"AWS::Lambda::Version":                       n,
		"AWS::Logs::LogGroup":                        2, // of the functions and of the API
		"AWS::SES::ConfigurationSet":                 1,
		"AWS::SES::ConfigurationSetEventDestination": 1,
		"AWS::SQS::Queue":                            1,
		"AWS::SQS::QueuePolicy":                      1,
		"AWS::Scheduler::Schedule":                   scheduled,
	}
	if n == 0 {
		t.Fatal("no functions")
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	// CloudFormation allows at most 500 resources in a stack, and a template of 1 MB.
	if len(resources) > 400 {
		t.Errorf("%d resources, want at most 400", len(resources))
	}
	t.Logf("%d resources", len(resources))
}

// TestCORSIsWhole exists because SAM treats an intrinsic function for the origins as the
// whole configuration, and would drop the methods and headers.
func TestCORSIsWhole(t *testing.T) {
	body, _ := expanded(t)["Api"].Properties["Body"].(map[string]any)
	cors, _ := body["x-amazon-apigateway-cors"].(map[string]any)
	if diff := cmp.Diff(any([]any{"*"}), cors["allowOrigins"]); diff != "" {
		t.Errorf("allowed origins (-want +got):\n%s", diff)
	}
	for _, list := range []string{"allowMethods", "allowHeaders", "exposeHeaders"} {
		if values, _ := cors[list].([]any); len(values) < 4 {
			t.Errorf("%s are %v", list, cors[list])
		}
	}
	if cors["maxAge"] != 600.0 {
		t.Errorf("maxAge is %v seconds, want 600", cors["maxAge"])
	}
}

func TestEveryFunctionHasItsOwnRole(t *testing.T) {
	resources := expanded(t)
	for id, r := range resources {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		name := strings.TrimSuffix(id, "Function")
		role := map[string]any{"Fn::GetAtt": []any{name + "Role", "Arn"}}
		if diff := cmp.Diff(any(role), r.Properties["Role"]); diff != "" {
			t.Errorf("%s: role (-want +got):\n%s", id, diff)
		}
		logging, _ := r.Properties["LoggingConfig"].(map[string]any)
		if diff := cmp.Diff(any(map[string]any{"Ref": "Logs"}), logging["LogGroup"]); diff != "" {
			t.Errorf("%s: log group (-want +got):\n%s", id, diff)
		}
	}
}

// TestAlarmsWatchVersionsThatExist exists because a version gets a new logical id with
// each change of its function, and the alarm must follow.
func TestAlarmsWatchVersionsThatExist(t *testing.T) {
	resources := expanded(t)
	watched := 0
	for id, r := range resources {
		if r.Type != "AWS::CloudWatch::Alarm" || !strings.HasSuffix(id, "NewVersionFaults") {
			continue
		}
		text, err := json.Marshal(r.Properties["Metrics"])
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(id, "NewVersionFaults")
		for version, v := range resources {
			if v.Type == "AWS::Lambda::Version" && strings.HasPrefix(version, name+"FunctionVersion") {
				watched += strings.Count(string(text), `["`+version+`","Version"]`)
			}
		}
	}
	// Five alarms watch invocations, errors and faults.
	if watched != 15 {
		t.Errorf("the alarms watch %d metrics of new versions, want 15", watched)
	}
}
