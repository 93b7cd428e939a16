package intrinsic

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

const sample = `
Parameters:
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
  Hosts: {Type: CommaDelimitedList, Default: "a.example, b.example"}
Mappings:
  Sizes: {test: {memory: 128}, live: {memory: 512}}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLive: !Not [!Condition IsTest]
  Both: !And [!Condition IsTest, !Condition IsLive]
  Either: {"Fn::Or": [{Condition: IsTest}, {Condition: IsLive}]}
  Circle: !Not [!Condition Circle]
Value: `

// resolve evaluates one value in the sample's scope.
func resolve(t *testing.T, value string) (any, error) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Load([]byte(sample+value+"\n"), &document); err != nil {
		t.Fatal(err)
	}
	root := document.Content[0]
	values, err := Parameters(Member(root, "Parameters"), nil)
	if err != nil {
		t.Fatal(err)
	}
	values["AWS::NoValue"] = nil
	s := Scope{
		Values: values, Mappings: Member(root, "Mappings"), Conditions: Member(root, "Conditions"),
		Reference: func(resource string) (string, bool) { return resource + "-name", resource == "Table" },
		Attribute: func(resource, attribute string) (string, bool) {
			return "arn:" + resource, resource == "Table" && attribute == "Arn"
		},
	}
	n, err := s.Resolve(Member(root, "Value"))
	if err != nil || n == nil {
		return nil, err
	}
	var out any
	if err := n.Load(&out); err != nil {
		t.Fatal(err)
	}
	return out, nil
}

func TestResolve(t *testing.T) {
	tests := map[string]struct {
		value string
		want  any
	}{
		"parameter":                 {`!Ref Stage`, "test"},
		"list parameter":            {`!Ref Hosts`, []any{"a.example", "b.example"}},
		"resource, long form":       {`{Ref: Table}`, "Table-name"},
		"attribute":                 {`!GetAtt Table.Arn`, "arn:Table"},
		"attribute, long form":      {`{"Fn::GetAtt": [Table, Arn]}`, "arn:Table"},
		"substitution":              {`!Sub "${Stage}/${Table}/${Table.Arn}/${!Stage}"`, "test/Table-name/arn:Table/${Stage}"},
		"substitution with own map": {`!Sub ["${X}-${Stage}", {X: !Ref Table}]`, "Table-name-test"},
		"join":                      {`!Join ["-", [a, !Ref Stage]]`, "a-test"},
		"select of split":           {`!Select [1, !Split [",", "a,b"]]`, "b"},
		"map":                       {`!FindInMap [Sizes, !Ref Stage, memory]`, 128},
		"condition that holds":      {`!If [IsTest, yes it is, no]`, "yes it is"},
		"condition not holding":     {`!If [IsLive, a, {b: !Ref Stage}]`, map[string]any{"b": "test"}},
		"and":                       {`!If [Both, a, b]`, "b"},
		"or":                        {`!If [Either, a, b]`, "a"},
		"no value in a mapping":     {`{a: !Ref AWS::NoValue, b: 1}`, map[string]any{"b": 1}},
		"no value in a list":        {`[!If [IsLive, x, !Ref "AWS::NoValue"], y]`, []any{"y"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(t, tt.value)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUnresolvable(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"unknown function":            {`!Cidr [x]`, "line 13: the function Cidr"},
		"unknown function, long form": {`{"Fn::ImportValue": x}`, "line 13: the function ImportValue"},
		"unknown name":                {`!Ref Nobody`, `line 13: "Nobody"`},
		"unknown name in a text":      {`!Sub "${Nobody}"`, `line 13: "Nobody"`},
		"unknown attribute":           {`!GetAtt Table.StreamArn`, "line 13: the attribute StreamArn"},
		"unknown condition":           {`!If [Nope, a, b]`, `line 13: there is no condition "Nope"`},
		"condition on itself":         {`!If [Circle, a, b]`, `depends on itself`},
		"item beyond the list":        {`!Select [2, [a, b]]`, "line 13: Select"},
		"key that no map has":         {`!FindInMap [Sizes, test, disk]`, `have no "disk"`},
		"function next to a member":   {`{Ref: Stage, b: 1}`, "must be the only member"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(t, tt.value)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, error %v; want an error that contains %q", got, err, tt.want)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	const section = `
Size: {Type: Number, Default: 3, MinValue: 1, MaxValue: 9}
Endpoint: {Type: String, Default: "", AllowedPattern: "(https?://.+)?", ConstraintDescription: must be an address.}
Stage: {Type: String, Default: test, AllowedValues: [test, live]}
`
	tests := map[string]struct {
		given map[string]string
		want  string
	}{
		"defaults":         {nil, ""},
		"in range":         {map[string]string{"Size": "9"}, ""},
		"out of range":     {map[string]string{"Size": "10"}, "out of its range"},
		"not a number":     {map[string]string{"Size": "3 apples"}, "must be a number"},
		"no match":         {map[string]string{"Endpoint": "ftp://x"}, "must be an address."},
		"value not listed": {map[string]string{"Stage": "prod"}, "one of test, live"},
		"unknown name":     {map[string]string{"Stge": "live"}, `no parameter "Stge"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var document yaml.Node
			if err := yaml.Load([]byte(section), &document); err != nil {
				t.Fatal(err)
			}
			_, err := Parameters(document.Content[0], tt.given)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
