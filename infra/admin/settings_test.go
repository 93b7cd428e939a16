package main

import (
	"slices"
	"strings"
	"testing"

	"livechat/shared/settings"

	"github.com/google/go-cmp/cmp"
)

func TestSetSettingIsInForce(t *testing.T) {
	o := newOperator(t)
	if got := o.do("settings", "set", "routingMethod", "manual"); !strings.Contains(got, "in force everywhere within 5 seconds") {
		t.Errorf("settings set printed %q", got)
	}
	o.do("settings", "set", "livechatEnabled", "false")
	current, err := o.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if current.RoutingMethod != settings.RoutingManual || current.LivechatEnabled {
		t.Errorf("the settings in force are %+v", current)
	}
	if got := o.do("settings", "get", "routingMethod"); got != "manual\n" {
		t.Errorf("settings get printed %q", got)
	}
}

func TestSettingsListShowsEverySetting(t *testing.T) {
	o := newOperator(t)
	o.do("settings", "set", "routingMethod", "manual")
	o.do("settings", "set", "customFields", "[\n{\"key\":\"crmId\",\"scope\":\"visitor\"}\n]")

	var rows []settingRow
	o.doJSON(&rows, "settings", "list")
	var want []settingRow
	for _, s := range settings.All {
		row := settingRow{Name: s.Name, Group: s.Group, Value: s.Default, Default: s.Default, Type: s.Type, Description: s.Description}
		switch s.Name {
		case "routingMethod":
			row.Value, row.Changed = "manual", true
		case "customFields":
			row.Value, row.Changed = "[\n{\"key\":\"crmId\",\"scope\":\"visitor\"}\n]", true
		}
		want = append(want, row)
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}

	lines := strings.Split(strings.TrimSpace(o.do("settings", "list")), "\n")
	if len(lines) != len(want)+1 {
		t.Fatalf("%d lines, want a heading and a line for each setting: %q", len(lines), lines)
	}
	for i, row := range want {
		mark := "  "
		if row.Changed {
			mark = "* "
		}
		if !strings.HasPrefix(lines[i+1], mark+row.Name+" ") || !strings.HasSuffix(lines[i+1], " "+row.Group) {
			t.Errorf("line %q, want setting %s with the mark %q", lines[i+1], row.Name, mark)
		}
	}
}

func TestWrongSettingIsRefused(t *testing.T) {
	o := newOperator(t)
	for name, c := range map[string]struct {
		says []string
		args []string
	}{
		"value of another type": {[]string{"livechatEnabled", `"maybe"`, "neither true nor false"}, []string{"set", "livechatEnabled", "maybe"}},
		"value not to choose":   {[]string{"routingMethod", "auto, manual"}, []string{"set", "routingMethod", "random"}},
		"no JSON":               {[]string{"customFields", "JSON list"}, []string{"set", "customFields", "crmId"}},
		"pattern of two lines":  {[]string{"customFields", "regexp"}, []string{"set", "customFields", `[{"key":"a","scope":"room","regexp":"(\n"}]`}},
		"set an unknown name":   {[]string{`"colour"`, "did you mean color?", "admin settings list"}, []string{"set", "colour", "red"}},
		"get an unknown name":   {[]string{`"colour"`, "did you mean color?", "admin settings list"}, []string{"get", "colour"}},
		"reset an unknown name": {[]string{`"colour"`, "did you mean color?", "admin settings list"}, []string{"reset", "colour"}},
	} {
		t.Run(name, func(t *testing.T) {
			expectRefusal(t, typeIn(t, append([]string{"settings"}, c.args...)...), exitFailed, c.says...)
		})
	}
	if items := o.raw.Items(t); len(items) != 0 {
		t.Errorf("a refused setting was stored: %v", items)
	}
}

func TestResetSettingHasItsDefault(t *testing.T) {
	o := newOperator(t)
	o.do("settings", "set", "routingMethod", "manual")
	o.do("settings", "set", "livechatEnabled", "false")
	o.do("settings", "reset", "routingMethod")
	var reset, other settingRow
	o.doJSON(&reset, "settings", "get", "routingMethod")
	o.doJSON(&other, "settings", "get", "livechatEnabled")
	if reset.Value != "auto" || reset.Changed || other.Value != "false" {
		t.Errorf("after the reset: %+v, %+v", reset, other)
	}
}

func TestLongValueIsCutInTheListAlone(t *testing.T) {
	o := newOperator(t)
	long := `[{"key":"crmId","label":"` + strings.Repeat("ü", 100) + `","scope":"visitor"}]`
	o.do("settings", "set", "customFields", long)
	if got := o.do("settings", "list"); !strings.Contains(got, long[:len(`[{"key":"crmId","label":"`)]) || !strings.Contains(got, "ü…  ") || strings.Contains(got, long) {
		t.Errorf("settings list printed %q", got)
	}
	var rows []settingRow
	o.doJSON(&rows, "settings", "list")
	if i := slices.IndexFunc(rows, func(r settingRow) bool { return r.Name == "customFields" }); rows[i].Value != long {
		t.Errorf("settings list --json has %q", rows[i].Value)
	}
	if got := o.do("settings", "get", "customFields"); got != long+"\n" {
		t.Errorf("settings get printed %q", got)
	}
}

func TestWhoeverHasDataErasedIsToldWhen(t *testing.T) {
	o := newOperator(t)
	if a := typeIn(t, "settings", "set", "retainRoomDays", "365"); a.code != exitDone || !strings.Contains(a.stderr, "permanently erased") {
		t.Errorf("%+v", a)
	}
	if a := typeIn(t, "settings", "set", "retainRoomDays", "0"); a.code != exitDone || a.stderr != "" {
		t.Errorf("%+v", a)
	}
	if settings, err := o.store.ChangedSettings(t.Context()); err != nil || settings.Values["retainRoomDays"] != "0" {
		t.Errorf("%+v, %v", settings, err)
	}
}

func TestConsentThatNobodyCanGiveIsTold(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--name", "Sales", "--id", "sales")
	const field = `[{"key":"surveyConsent","scope":"visitor"}]`
	for _, c := range []struct {
		about string
		args  []string
	}{
		{"", []string{"set", "surveyConsentField", "agreed", "--department", "Sales"}},
		{`"surveyConsent"`, []string{"set", "surveyNeedsConsent", "true"}},
		{`"surveyConsent"`, []string{"set", "customFields", `[{"key":"surveyConsent","scope":"room"}]`}},
		{`"agreed"`, []string{"set", "customFields", field}}, // Sales needs consent, too
		{"", []string{"set", "surveyConsentField", "surveyConsent", "--department", "Sales"}},
		{`"surveyConsent"`, []string{"reset", "customFields"}},
	} {
		a := typeIn(t, append([]string{"settings"}, c.args...)...)
		if a.code != exitDone || (c.about == "") != (a.stderr == "") || !strings.Contains(a.stderr, c.about) {
			t.Errorf("%q: %+v, want a warning about %s", c.args, a, c.about)
		}
	}
}

func TestSettingsOfAGroupAreDescribed(t *testing.T) {
	o := newOperator(t)
	o.do("settings", "set", "surveyDelayMinutes", "30")
	got := o.do("settings", "list", "survey")
	for _, line := range []string{
		"* surveyDelayMinutes: 30\n    0 to 43200. Minutes after the closing at which a survey is sent.\n",
		"  surveyWebhookUrl: -\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
	if strings.Contains(got, "routingMethod") {
		t.Error("it lists another group's settings")
	}
	o.refuse(exitFailed, []string{`"surveys"`, "did you mean survey?"}, "settings", "list", "surveys")
}

func TestChangeOfASettingSaysItsValue(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--name", "Sales")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"surveyWebhookUrl is https://example.com/hook, in force", []string{"set", "surveyWebhookUrl", "https://example.com/hook"}},
		{"surveyWebhookUrl is empty (the default), in force", []string{"reset", "surveyWebhookUrl"}},
		{"surveyDelayMinutes is 5 for department Sales, in force", []string{"set", "surveyDelayMinutes", "5", "--department", "Sales"}},
		{"surveyWebhookSecret is (set), in force", []string{"set", "surveyWebhookSecret", "whsec_" + strings.Repeat("A", 32)}},
	} {
		if got := o.do(append([]string{"settings"}, c.args...)...); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q printed %q, want %q", c.args, got, c.want)
		}
	}
}

func TestChangeForADepartmentNamesItsIDInJSON(t *testing.T) {
	o := newOperator(t)
	id := strings.TrimSpace(o.do("department", "add", "--name", "Sales"))
	for _, command := range [][]string{{"set", "surveyDelayMinutes", "5"}, {"reset", "surveyDelayMinutes"}} {
		var got map[string]string
		o.doJSON(&got, append([]string{"settings"}, append(command, "--department", "Sales")...)...)
		if got["departmentId"] != id {
			t.Errorf("%q printed %v, want the department's id %s", command, got, id)
		}
	}
}

func TestWrongJSONNamesNoGoType(t *testing.T) {
	o := newOperator(t)
	a := typeIn(t, "settings", "set", "customFields", `{"key":"crmId"}`)
	expectRefusal(t, a, exitFailed, "customFields", "a list", "got object")
	if strings.Contains(a.stderr, "Go value") || strings.Contains(a.stderr, "unmarshal") {
		t.Errorf("stderr %q", a.stderr)
	}
	o.do("settings", "list")
}
