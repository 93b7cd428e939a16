package main

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	const outputs = `[
  {"OutputKey": "ApiUrl", "OutputValue": "https://abc123defg.execute-api.eu-central-1.amazonaws.com", "Description": "d"},
  {"OutputKey": "TableName", "OutputValue": "livechat-dev-Table-1ABC", "Description": "d"}
]`
	for _, tc := range []struct{ outputs, name, want, err string }{
		{outputs, "TableName", "livechat-dev-Table-1ABC", ""},
		{outputs, "Other", "", "the stack has no output Other"},
		{"", "ApiUrl", "", "no outputs: SAM found no such stack (see above)"},
		{"Error: no", "ApiUrl", "", "read the stack's outputs"},
	} {
		got, err := find(strings.NewReader(tc.outputs), tc.name)
		if got != tc.want || (err == nil) != (tc.err == "") || (err != nil && !strings.Contains(err.Error(), tc.err)) {
			t.Errorf("find(%q, %s) = %q, %v; want %q, %q", tc.outputs, tc.name, got, err, tc.want, tc.err)
		}
	}
}
