package iam

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

func rolesOf(t *testing.T, statements ...template.Statement) (roles *Roles, log *[]string) {
	t.Helper()
	log = new([]string)
	roles, err := New(map[string][]template.Statement{"Room": statements}, func(line string) { *log = append(*log, line) })
	if err != nil {
		t.Fatal(err)
	}
	return roles, log
}

func TestRefusalIsInAWSsWords(t *testing.T) {
	mail := template.IdentityARN("example.com")
	deny := template.Statement{Line: 7, Actions: []string{"ses:*"}, Resources: []string{"*"}}
	tests := map[string]struct {
		statements []template.Statement
		ends, log  string
	}{
		"missing Allow": {
			nil, "because no identity-based policy allows the ses:SendEmail action", "the template does not grant this action",
		},
		"explicit Deny": {
			[]template.Statement{deny}, "with an explicit deny in an identity-based policy", "line 7 of the template denies it",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			roles, log := rolesOf(t, tt.statements...)
			err := roles.May("Room", Access{Action: "ses:SendEmail", Resource: mail})
			want := "User: arn:aws:sts::123456789012:assumed-role/Room-role/Room is not authorized to perform: ses:SendEmail on resource: " + mail + " " + tt.ends
			if err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
			if text := strings.Join(*log, "\n"); !strings.HasPrefix(text, "Room may not ses:SendEmail on identity/example.com: ") || !strings.Contains(text, tt.log) {
				t.Errorf("log: %s", text)
			}
		})
	}
	roles, _ := rolesOf(t)
	if err := roles.May("Rome", Access{Action: "ses:SendEmail", Resource: mail}); err == nil || !strings.Contains(err.Error(), "no function Rome") {
		t.Errorf("an unknown function: %v", err)
	}
}

// TestRecord also checks that actions of services that the laptop cloud does not have,
// such as logging, are not recorded.
func TestRecord(t *testing.T) {
	roles, _ := rolesOf(t,
		template.Statement{Allow: true, Actions: []string{"logs:PutLogEvents"}, Resources: []string{"*"}},
		template.Statement{Allow: true, Actions: []string{"ses:SendEmail"}, Resources: []string{template.IdentityARN("example.com")}},
		template.Statement{Allow: true, Actions: []string{"dynamodb:GetItem"}, Resources: []string{template.TableARN("Table")}},
	)
	if err := roles.May("Room", Access{Action: "ses:SendEmail", Resource: template.IdentityARN("example.com")}); err != nil {
		t.Error(err)
	}
	if err := roles.May("Room", Access{Action: "dynamodb:PutItem", Resource: template.TableARN("Table")}); err == nil {
		t.Error("the function may put items")
	}
	want := map[string]Permissions{"Room": {
		Granted: []string{"dynamodb:GetItem table/Table", "ses:SendEmail identity/example.com"},
		Used:    []string{"ses:SendEmail identity/example.com"},
		Refused: []string{"dynamodb:PutItem table/Table"},
	}}
	if d := cmp.Diff(want, roles.Permissions()); d != "" {
		t.Error(d)
	}
}

func TestUnknownConditionIsRefusedAtTheStart(t *testing.T) {
	tests := map[string]map[string]map[string][]string{
		"aws:SourceIp":                        {"IpAddress": {"aws:SourceIp": {"10.0.0.0/8"}}},
		"StringLike of dynamodb:LeadingKeys":  {"StringLike": {"dynamodb:LeadingKeys": {"A"}}},
		"ForAllValues:StringLike of ses:From": {"ForAllValues:StringLike": {"ses:FromAddress": {"A"}}},
		"operator NumericEquals":              {"NumericEquals": {"ses:FromAddress": {"A"}}},
	}
	for want, condition := range tests {
		s := template.Statement{Line: 42, Allow: true, Actions: []string{"dynamodb:GetItem"}, Resources: []string{"*"}, Condition: condition}
		_, err := New(map[string][]template.Statement{"Room": {s}}, func(string) {})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "policies of Room: line 42") {
			t.Errorf("error %v, want it to contain %s and line 42", err, want)
		}
	}
}
