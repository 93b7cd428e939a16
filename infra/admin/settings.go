package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

type settingsCommands struct {
	List  settingsList  `cmd:"" help:"List all settings: value, default, type and meaning."`
	Get   settingsGet   `cmd:"" help:"Print the value of one setting."`
	Set   settingsSet   `cmd:"" help:"Change one setting."`
	Reset settingsReset `cmd:"" help:"Set one setting to its default."`
}

// settingRow is what is shown of a setting.
type settingRow struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	Default     string `json:"default"`
	Changed     bool   `json:"changed"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// newSettingRow returns the setting with that value.
func newSettingRow(s livechat.Setting, value string) settingRow {
	return settingRow{
		Name: s.Name, Value: value, Default: s.Default, Changed: value != s.Default,
		Type: s.Type, Description: s.Description,
	}
}

func settingRows(ctx context.Context, s *store.Store) ([]settingRow, error) {
	changed, err := s.ChangedSettings(ctx)
	if err != nil {
		return nil, err
	}
	var rows []settingRow
	for _, setting := range livechat.SettingsList {
		value, ok := changed.Values[setting.Name]
		if !ok {
			value = setting.Default
		}
		rows = append(rows, newSettingRow(setting, value))
	}
	return rows, nil
}

func settingNames() []string {
	var names []string
	for _, s := range livechat.SettingsList {
		names = append(names, s.Name)
	}
	return names
}

func errNoSetting(name string) error {
	return fmt.Errorf("no setting is called %q: there are %s", name, strings.Join(settingNames(), ", "))
}

type settingsList struct{}

func (settingsList) Help() string {
	return `The column CHANGED says which values are not the default.

Examples:

    admin settings list
    admin settings list --json | jq '.[] | select(.changed)'`
}

func (settingsList) Run(ctx context.Context, s *store.Store, out *output) error {
	rows, err := settingRows(ctx, s)
	if err != nil {
		return err
	}
	heading := []string{"NAME", "VALUE", "DEFAULT", "CHANGED", "TYPE", "DESCRIPTION"}
	return list(out, rows, heading, func(r settingRow) []string {
		changed := "-"
		if r.Changed {
			changed = "yes"
		}
		return []string{r.Name, orDash(r.Value), orDash(r.Default), changed, r.Type, r.Description}
	})
}

type settingsGet struct {
	Name string `arg:"" help:"One of ${settings}."`
}

func (settingsGet) Help() string {
	return `Prints the value in force, whether set or default.

Example:

    admin settings get routingMethod`
}

func (c settingsGet) Run(ctx context.Context, s *store.Store, out *output) error {
	rows, err := settingRows(ctx, s)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Name == c.Name {
			return out.result(r, r.Value)
		}
	}
	return errNoSetting(c.Name)
}

type settingsSet struct {
	Name  string `arg:"" help:"One of ${settings}."`
	Value string `arg:"" help:"The new value; \"admin settings list\" shows the type."`
}

func (settingsSet) Help() string {
	return `The value is checked first and in force everywhere within 5 seconds; nothing needs to be restarted.

Examples:

    admin settings set acceptChatsWithNoAgents false
    admin settings set routingMethod manual
    admin settings set customFields '[{"key":"crmId","label":"CRM id","scope":"visitor","regexp":"^[0-9]+$"}]'
    admin settings set customFields "$(cat fields.json)"`
}

func (c settingsSet) Run(ctx context.Context, s *store.Store, out *output) error {
	return setSetting(ctx, s, out, c.Name, c.Value)
}

type settingsReset struct {
	Name string `arg:"" help:"One of ${settings}."`
}

func (settingsReset) Help() string {
	return `The default is in force everywhere within 5 seconds.

Example:

    admin settings reset routingMethod`
}

func (c settingsReset) Run(ctx context.Context, s *store.Store, out *output) error {
	for _, setting := range livechat.SettingsList {
		if setting.Name == c.Name {
			return setSetting(ctx, s, out, c.Name, setting.Default)
		}
	}
	return errNoSetting(c.Name)
}

func setSetting(ctx context.Context, s *store.Store, out *output, name, value string) error {
	err := livechat.CheckSetting(name, value)
	if errors.Is(err, livechat.ErrUnknownSetting) {
		return errNoSetting(name)
	}
	if err != nil {
		return fmt.Errorf("%s cannot have this value: %w", name, err)
	}
	if err := s.SetSetting(ctx, name, value); err != nil {
		return err
	}
	return out.result(
		map[string]any{"name": name, "value": value},
		fmt.Sprintf("%s is %s, in force everywhere within 5 seconds", name, value))
}
