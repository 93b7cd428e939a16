package template

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestRealTemplate(t *testing.T) {
	tpl, err := Read("../../../template.yaml", Options{
		Names:      map[string]string{"Table": "Table-7"},
		Parameters: map[string]string{"AllowedOrigins": "https://a.example, https://b.example", "WriteRate": "7.5"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"https://a.example", "https://b.example"}, tpl.CORS.Origins); d != "" {
		t.Error(d)
	}
	if got := aws.ToString(tpl.Tables[0].CreateInput.TableName); got != "Table-7" {
		t.Errorf("table name %q", got)
	}
	if got := tpl.Tables[0].TTL; got != "expires" {
		t.Errorf("time to live by %q", got)
	}
	throttled := map[string]Throttle{}
	for _, r := range tpl.Routes() {
		throttled[r.Key()] = r.Throttle
	}
	for route, want := range map[string]Throttle{
		"GET /api/v1/livechat/room":         {Rate: 500, Burst: 1000},
		"POST /api/v1/livechat/room.survey": {Rate: 7.5, Burst: 200},
	} {
		if got := throttled[route]; got != want {
			t.Errorf("%s: %+v, want %+v", route, got, want)
		}
	}
	for _, f := range tpl.Functions {
		if f.Env["TABLE_NAME"] != "Table-7" || !strings.HasPrefix(f.Code, "functions/") || f.Timeout == 0 || len(f.Statements) == 0 {
			t.Errorf("%+v", f)
		}
		for _, s := range f.Statements[1:] { // the first statement is for logs
			if strings.HasPrefix(s.Actions[0], "dynamodb:") && !strings.HasPrefix(s.Resources[0], TableARN("Table-7")) {
				t.Errorf("%s: resource %s", f.ID, s.Resources[0])
			}
		}
	}
}

func TestThrottleOfARoute(t *testing.T) {
	const api = `
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: {ThrottlingRateLimit: 3, ThrottlingBurstLimit: 4}
      RouteSettings:
        "GET /own": {ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2, DetailedMetricsEnabled: true}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/worker
      Runtime: provided.al2023
      Events:
        Own: {Type: HttpApi, Properties: {Method: get, Path: /own}}
        Other: {Type: HttpApi, Properties: {Method: get, Path: /other}}
`
	tpl, err := parse([]byte(api), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Throttle{}
	for _, r := range tpl.Routes() {
		got[r.Key()] = r.Throttle
	}
	if d := cmp.Diff(map[string]Throttle{"GET /own": {1, 2}, "GET /other": {3, 4}}, got); d != "" {
		t.Error(d)
	}
}

// head is the beginning of a template, up to a function's Properties.
const head = `
Globals:
  Function:
    Runtime: provided.al2023
    Timeout: 10
    Environment: {Variables: {A: global, B: global}}
    Policies:
      - Statement: [{Effect: Allow, Action: dynamodb:Scan, Resource: "*"}]
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {BillingMode: PAY_PER_REQUEST}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/worker
`

func TestGlobalsAreMerged(t *testing.T) {
	tpl, err := parse([]byte(head+`
      Timeout: 3
      Environment: {Variables: {B: own, C: !Sub "${Table.Arn}/index/*"}}
      Policies:
        - Statement: {Effect: Deny, Action: [dynamodb:Query], Resource: !GetAtt Table.Arn}
      Events:
        Nightly: {Type: ScheduleV2, Properties: {ScheduleExpression: cron(0 3 * * ? *)}}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Function{{
		ID: "Worker", Code: "functions/worker", Memory: 128, Timeout: 3 * time.Second, LogFormat: "Text",
		Env: map[string]string{"A": "global", "B": "own", "C": TableARN("Table") + "/index/*"},
		Schedules: []Schedule{{
			Function: "Worker", Name: "Nightly", Expression: "cron(0 3 * * ? *)", Period: 24 * time.Hour, Offset: 3 * time.Hour,
		}},
		Retries: 2, // Lambda's default
		Statements: []Statement{
			{Line: 8, Allow: true, Actions: []string{"dynamodb:Scan"}, Resources: []string{"*"}},
			{Line: 21, Actions: []string{"dynamodb:Query"}, Resources: []string{TableARN("Table")}},
		},
	}}
	if d := cmp.Diff(want, tpl.Functions); d != "" {
		t.Error(d)
	}
}

func TestWhatIsNotUnderstoodIsAnErrorWithItsLine(t *testing.T) {
	const api = "  Api:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      RouteSettings:\n        "
	tests := map[string]struct{ properties, want string }{
		"a function":        {"      Timeout: !ImportValue x", "line 17: the function ImportValue"},
		"a property":        {"      Layers: [x]", "line 17: Layers is not supported"},
		"a policy template": {"      Policies: [{DynamoDBReadPolicy: {TableName: !Ref Table}}]", "line 17: the laptop cloud does not support SAM policy templates"},
		"a managed policy":  {"      Policies: [AmazonDynamoDBFullAccess]", "line 17: the laptop cloud does not support the managed policy AmazonDynamoDBFullAccess"},
		"NotAction":         {"      Policies: [{Statement: [{Effect: Allow, NotAction: x, Resource: x}]}]", "line 17: NotAction is not supported"},
		"an event":          {"      Events: {Q: {Type: SQS, Properties: {Queue: x}}}", "line 17: the laptop cloud does not support the event type SQS"},
		"a schedule":        {"      Events: {S: {Type: ScheduleV2, Properties: {ScheduleExpression: soon}}}", `line 17: the schedule expression "soon" is not supported`},
		"a time zone":       {"      Events: {S: {Type: ScheduleV2, Properties: {ScheduleExpressionTimezone: Europe/Vienna}}}", "line 17: ScheduleExpressionTimezone is not supported"},
		"an attribute":      {"      Description: !GetAtt Table.StreamArn", "line 17: the attribute StreamArn of Table"},
		"a reference":       {"      Description: !Ref Tabel", `line 17: "Tabel" is neither`},
		"half a throttle":   {api + "GET /a: {ThrottlingBurstLimit: 2}", "line 20: RouteSettings of GET /a need ThrottlingRateLimit and"},
		"a route's setting": {api + "GET /a: {ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2}", `the route "GET /a", which no function has`},
		"a resource type":   {"  Old:\n    Type: AWS::Serverless::Api", "line 18: Old: the laptop cloud has no AWS::Serverless::Api"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parse([]byte(head+tt.properties+"\n"), Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to contain %q", err, tt.want)
			}
		})
	}
}
