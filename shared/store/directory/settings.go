package directory

import (
	"context"
	"fmt"

	"livechat/shared/settings"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Settings returns the current settings, at most four seconds old.
func (d *Directory) Settings(ctx context.Context) (settings.Settings, error) {
	return d.settings.get(ctx, d.now, func(ctx context.Context) (settings.Settings, error) {
		changed, err := changedSettings(d.table.GetEventually(ctx, layout.SettingsKey))
		if err != nil {
			return settings.Settings{}, err
		}
		return settings.New(changed.Changes)
	})
}

// ChangedSettings holds the settings that an operator has set.
type ChangedSettings struct {
	settings.Changes
	Version int `json:"version"`
}

// ChangedSettings returns the settings that an operator has set, without defaults.
func (d *Directory) ChangedSettings(ctx context.Context) (ChangedSettings, error) {
	return changedSettings(d.table.Get(ctx, layout.SettingsKey))
}

func changedSettings(item table.Item, err error) (ChangedSettings, error) {
	if err != nil {
		return ChangedSettings{}, fmt.Errorf("settings: %w", err)
	}
	var changed ChangedSettings
	return changed, item.Decode(&changed)
}

// SetSetting sets a department's value for the setting. If department is empty, the value
// is for all departments without their own value. The value must have passed
// [settings.Check].
func (d *Directory) SetSetting(ctx context.Context, name, department, value string) error {
	return d.changeSettings(ctx, "set "+name, func(c *settings.Changes) {
		c.Set(name, department, value)
	})
}

// ResetSetting removes a department's value for the setting. If department is empty, it
// removes the value for all departments.
func (d *Directory) ResetSetting(ctx context.Context, name, department string) error {
	return d.changeSettings(ctx, "reset "+name, func(c *settings.Changes) {
		c.Reset(name, department)
	})
}

func (d *Directory) changeSettings(ctx context.Context, op string, change func(*settings.Changes)) error {
	err := table.RetryConflicts(ctx, func() error {
		changed, err := d.ChangedSettings(ctx)
		if err != nil {
			return err
		}
		was := changed.Version
		change(&changed.Changes)
		changed.Version++
		item, err := table.NewItem(layout.SettingsKey, changed, nil)
		if err != nil {
			return err
		}
		condition, version := layout.IfAbsent, table.Values(nil)
		if was > 0 {
			condition, version = layout.IfUnchanged, table.Values{":version": was}
		}
		return table.AsConflict(d.table.Put(ctx, item, condition, version))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// LastSettings returns the settings that were read last, regardless of their age, or the
// defaults if none were read.
func (d *Directory) LastSettings() settings.Settings {
	if last := d.settings.last(); last != nil {
		return *last
	}
	defaults, _ := settings.New(settings.Changes{}) // defaults are always valid
	return defaults
}
