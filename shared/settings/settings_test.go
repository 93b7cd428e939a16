package settings_test

import (
	"errors"
	"strings"
	"testing"

	"livechat/shared/settings"
)

func TestEverySettingIsDescribedAndHasAGoodDefault(t *testing.T) {
	for _, s := range settings.All {
		if s.Description == "" || s.Type == "" {
			t.Errorf("setting %s lacks a description or type", s.Name)
		}
		if err := settings.Check(s.Name, s.Default); err != nil {
			t.Errorf("default of %s: %v", s.Name, err)
		}
	}
	got, err := settings.New(settings.Changes{Values: map[string]string{"of a newer version": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if !got.LivechatEnabled || !got.AcceptChatsWithNoAgents || got.SurveyAnswersReplace || got.RoutingMethod != "auto" {
		t.Errorf("defaults %+v", got)
	}
}

func TestBadSettingsAreRefused(t *testing.T) {
	for name, tc := range map[string]struct{ setting, value, says string }{
		"not a bool":        {"livechatEnabled", "yes", "neither true nor false"},
		"not a choice":      {"routingMethod", "random", "auto, manual"},
		"not JSON":          {"customFields", "x", "JSON list"},
		"two lists":         {"customFields", "[][]", "nothing after it"},
		"no key":            {"customFields", `[{"scope":"visitor"}]`, "has no key"},
		"duplicate key":     {"customFields", `[{"key":"a","scope":"visitor"},{"key":"a","scope":"room"}]`, "twice"},
		"no scope":          {"customFields", `[{"key":"a"}]`, "neither visitor nor room"},
		"unknown member":    {"customFields", `[{"key":"a","scope":"room","colour":"red"}]`, "colour"},
		"unreadable regexp": {"customFields", `[{"key":"a","scope":"room","regexp":"("}]`, "regexp"},
	} {
		t.Run(name, func(t *testing.T) {
			err := settings.Check(tc.setting, tc.value)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want an error with %q", err, tc.says)
			}
		})
	}
	if err := settings.Check("unknown", "1"); !errors.Is(err, settings.ErrUnknown) {
		t.Errorf("got %v", err)
	}
}
