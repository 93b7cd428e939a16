package template

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestScheduledFunctionIsRetriedAsDeclared(t *testing.T) {
	tests := map[string]struct {
		config string
		want   int
	}{
		"undeclared": {"", 2},
		"declared":   {"{MaximumRetryAttempts: 1}", 1},
		"none":       {"{MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}}", 0},
		"not set":    {"{MaximumEventAgeInSeconds: 60}", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config := ""
			if tt.config != "" {
				config = "      EventInvokeConfig: " + tt.config + "\n"
			}
			tpl, err := parse([]byte(head+config+"  Dead: {Type: AWS::SQS::Queue}\n"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := tpl.Functions[0].Retries; got != tt.want {
				t.Errorf("%d retries, want %d", got, tt.want)
			}
		})
	}
}

// TestScheduleOnAWSIsLetThrough checks that a schedule's name, retention and security
// settings have no effect on a laptop.
func TestScheduleOnAWSIsLetThrough(t *testing.T) {
	tpl, err := parse([]byte(head+`
      Events:
        Often:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: rate(1 minute)
            Input: '{"a":1}'
            RetryPolicy: {MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3}
            DeadLetterConfig: {Arn: x}
            OmitName: true
            GroupName: chat
            KmsKeyArn: x
            RoleArn: x
        Never: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute), State: DISABLED}}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Schedule{{Function: "Worker", Name: "Often", Expression: "rate(1 minute)", Period: time.Minute, Input: `{"a":1}`}}
	if d := cmp.Diff(want, tpl.Functions[0].Schedules); d != "" {
		t.Error(d)
	}
}

func TestStatementsOnACondition(t *testing.T) {
	const text = `
Parameters:
  MailIdentity: {Type: String, Default: ""}
Conditions:
  HasMail: !Not [!Equals [!Ref MailIdentity, ""]]
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/worker
      Runtime: provided.al2023
      Role: !GetAtt WorkerRole.Arn
  WorkerRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: worker
          PolicyDocument:
            Statement:
              - !If
                - HasMail
                - Effect: Allow
                  Action: ses:SendEmail
                  Resource: !Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}
                - !Ref AWS::NoValue
              - {Effect: Allow, Action: dynamodb:GetItem, Resource: "*"}
`
	tests := map[string]struct {
		options Options
		want    []string
	}{
		"no mail":               {Options{}, []string{"*"}},
		"mail":                  {Options{Parameters: map[string]string{"MailIdentity": "b.example"}}, []string{IdentityARN("b.example"), "*"}},
		"mail on a laptop":      {Options{Laptop: map[string]string{"MailIdentity": "a.example", "Other": "x"}}, []string{IdentityARN("a.example"), "*"}},
		"a given value is kept": {Options{Laptop: map[string]string{"MailIdentity": "a.example"}, Parameters: map[string]string{"MailIdentity": ""}}, []string{"*"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tpl, err := parse([]byte(text), tt.options)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range tpl.Functions[0].Statements {
				got = append(got, strings.Join(s.Resources, " "))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAddressOfTheAPIReachesFunctions(t *testing.T) {
	tpl, err := parse([]byte(head+`
      Environment: {Variables: {API_URL: !GetAtt Api.ApiEndpoint}}
  Api: {Type: AWS::Serverless::HttpApi}
`), Options{URL: "http://localhost:3000"})
	if err != nil {
		t.Fatal(err)
	}
	if got := tpl.Functions[0].Env["API_URL"]; got != "http://localhost:3000" {
		t.Errorf("API_URL is %q", got)
	}
}

func TestScheduleExpressions(t *testing.T) {
	const day = 24 * time.Hour
	for expression, want := range map[string][2]time.Duration{
		"rate(1 minute)":      {time.Minute, 0},
		"rate(6 hours)":       {6 * time.Hour, 0},
		"rate(1 day)":         {day, 0},
		"cron(15 1 * * ? *)":  {day, time.Hour + 15*time.Minute},
		"cron(59 23 * * ? *)": {day, day - time.Minute},

		// These forms are not supported.
		"rate(0 minutes)":         {},
		"rate(5 weeks)":           {},
		"rate(999999 days)":       {},
		"cron(0 9 * * ?)":         {},
		"cron(0 24 * * ? *)":      {},
		"cron(60 9 * * ? *)":      {},
		"cron(0 * * * ? *)":       {},
		"cron(0 9 ? * MON-FRI *)": {},
		"at(2026-12-01T09:00:00)": {},
	} {
		period, offset := parseExpression(expression)
		if got := [2]time.Duration{period, offset}; got != want {
			t.Errorf("%s: period and offset %v, want %v", expression, got, want)
		}
	}
}
