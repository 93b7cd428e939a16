package template

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ruled = head + `
      Events:
        Report:
          Type: EventBridgeRule
          Properties:
            Pattern:
              source: [aws.ses]
              detail-type: [Email Bounced, Email Complaint Received]
              detail: {mail: {tags: {"ses:configuration-set": [!Ref Mails]}}}
            RetryPolicy: {MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3}
            DeadLetterConfig: {Arn: x}
        Never: {Type: EventBridgeRule, Properties: {State: DISABLED, Pattern: {source: [x]}}}
  Mails: {Type: AWS::SES::ConfigurationSet}
  Events:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mails
      EventDestination:
        Enabled: true
        MatchingEventTypes: [bounce, complaint]
        EventBridgeDestination: {EventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/default"}
`

func TestRuleMatchesTheEventsOfItsPattern(t *testing.T) {
	tpl, err := parse([]byte(ruled), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string][]string{"Mails": {"bounce", "complaint"}}, tpl.ConfigurationSets); d != "" {
		t.Error(d)
	}
	rules := tpl.Functions[0].Rules
	if len(rules) != 1 || rules[0].Function != "Worker" || rules[0].Name != "Report" {
		t.Fatalf("rules %+v", rules)
	}
	const tags = `"detail":{"mail":{"tags":{"ses:configuration-set":["Mails"],"more":["x"]}}}`
	for event, want := range map[string]bool{
		`{"source":"aws.ses","detail-type":"Email Bounced",` + tags + `}`:                                                    true,
		`{"source":"aws.ses","detail-type":"Email Complaint Received",` + tags + `}`:                                         true,
		`{"source":"aws.ses","detail-type":"Email Delivered",` + tags + `}`:                                                  false,
		`{"source":"other","detail-type":"Email Bounced",` + tags + `}`:                                                      false,
		`{"source":"aws.ses","detail-type":"Email Bounced","detail":{"mail":{"tags":{"ses:configuration-set":["Others"]}}}}`: false,
		`{"source":"aws.ses","detail-type":"Email Bounced"}`:                                                                 false,
	} {
		var members map[string]any
		if err := json.Unmarshal([]byte(event), &members); err != nil {
			t.Fatal(err)
		}
		if got := rules[0].Matches(members); got != want {
			t.Errorf("%s: matches is %t", event, got)
		}
	}
}

func TestWhatOfRulesAndMailsIsNotUnderstood(t *testing.T) {
	rule := func(properties string) string {
		return head + "\n      Events: {Report: {Type: EventBridgeRule, Properties: {" + properties + "}}}\n"
	}
	for says, text := range map[string]string{
		"Pattern: matches nothing":   rule("State: ENABLED"),
		"write a text":               rule("Pattern: {source: [{prefix: aws}]}"),
		"neither members nor a list": rule("Pattern: {source: aws.ses}"),
		"only the default event bus": rule("Pattern: {source: [x]}, EventBusName: own"),
		"InputPath is not supported": rule("Pattern: {source: [x]}, InputPath: $.detail"),
		"without a Name":             head + "\n  Mails: {Type: AWS::SES::ConfigurationSet, Properties: {Name: x}}\n",
		"not to \"\"": head + "\n  Mails: {Type: AWS::SES::ConfigurationSetEventDestination, Properties: {ConfigurationSetName: x, EventDestination: " +
			"{Enabled: true, MatchingEventTypes: [bounce]}}}\n",
	} {
		if _, err := parse([]byte(text), Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}
