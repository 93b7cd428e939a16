package settings_test

import (
	"strings"
	"testing"

	"livechat/shared/settings"
)

func TestLogoAndColor(t *testing.T) {
	for _, tc := range []struct{ setting, value, says string }{
		{"surveyLogoUrl", "https://www.example.com/logo.png?v=2", ""},
		{"surveyLogoUrl", "http://localhost:3000/demo/icon.svg", ""},
		{"surveyLogoUrl", "", ""},
		{"surveyLogoUrl", "http://www.example.com/logo.png", "https://"},
		{"surveyLogoUrl", "data:image/png;base64,AAAA", "not an address"},
		{"surveyLogoUrl", "//www.example.com/logo.png", "https://"},
		{"surveyLogoUrl", "https://*.example.com/logo.png", "not an address of an image"},
		{"surveyLogoUrl", "https://a.example;script-src'unsafe-inline'/x", "not an address"},
		{"surveyLogoUrl", "https://müller.example/x", "not an address of an image"},
		{"surveyColor", "#1F6b55", ""},
		{"surveyColor", "#fff", "#1d74f5"},
		{"surveyColor", "", "#1d74f5"},
		{"surveyColor", "red", "#1d74f5"},
		{"surveyColor", "#12345g", "#1d74f5"},
		{"surveyColor", "#123456}body{display:none", "#1d74f5"},
	} {
		err := settings.Check(tc.setting, tc.value)
		if (err != nil) != (tc.says != "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s=%q: %v, want %q", tc.setting, tc.value, err, tc.says)
		}
	}
}

func TestDepartmentHasItsOwnBrand(t *testing.T) {
	var changes settings.Changes
	changes.Set("surveyLogoUrl", "sales", "https://cdn.example:8443/sales.png")
	changes.Set("surveyColor", "", "#ffcc00")
	s, err := settings.New(changes)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.SurveyOf("sales").Brand; got.LogoOrigin() != "https://cdn.example:8443" || got.Color != "#ffcc00" {
		t.Errorf("sales: %+v", got)
	}
	if got := s.SurveyOf("other").Brand; got.LogoOrigin() != "" || got.Color != "#ffcc00" {
		t.Errorf("other: %+v", got)
	}
}

func TestTextOnAColorIsReadable(t *testing.T) {
	for color, want := range map[string]string{
		"#ffffff": "#000000", "#000000": "#ffffff", "#1a56a8": "#ffffff", "#ffcc00": "#000000",
		"#767676": "#000000", "#757575": "#ffffff", "#ff0000": "#000000", "#0000ff": "#ffffff",
	} {
		if got := (settings.Brand{Color: color}).TextColor(); got != want {
			t.Errorf("%s: %s, want %s", color, got, want)
		}
	}
}
