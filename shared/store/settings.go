package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Settings returns the settings in force, read again every four seconds.
func (s *Store) Settings(ctx context.Context) (livechat.Settings, error) {
	return s.settings.get(ctx, s.now, func(ctx context.Context) (livechat.Settings, error) {
		changed, err := changedSettings(s.table.GetEventually(ctx, layout.SettingsKey))
		if err != nil {
			return livechat.Settings{}, err
		}
		return livechat.NewSettings(changed.ChangedSettings)
	})
}

// ChangedSettings are the settings that an operator has set.
type ChangedSettings struct {
	livechat.ChangedSettings
	Version int `json:"version"`
}

// ChangedSettings returns what was set and not what is the default.
func (s *Store) ChangedSettings(ctx context.Context) (ChangedSettings, error) {
	return changedSettings(s.table.Get(ctx, layout.SettingsKey))
}

func changedSettings(item table.Item, err error) (ChangedSettings, error) {
	if err != nil {
		return ChangedSettings{}, fmt.Errorf("settings: %w", err)
	}
	var changed ChangedSettings
	return changed, item.Decode(&changed)
}

// SetSetting sets one setting, of one department or, where that is empty, of
// all that have nothing of their own; the others stay. The value must have
// passed [livechat.CheckSetting].
func (s *Store) SetSetting(ctx context.Context, name, department, value string) error {
	return s.changeSettings(ctx, "set "+name, func(c *livechat.ChangedSettings) {
		c.Set(name, department, value)
	})
}

// ResetSetting has a department take the setting that holds for all again, or
// all take its default.
func (s *Store) ResetSetting(ctx context.Context, name, department string) error {
	return s.changeSettings(ctx, "reset "+name, func(c *livechat.ChangedSettings) {
		c.Reset(name, department)
	})
}

func (s *Store) changeSettings(ctx context.Context, op string, change func(*livechat.ChangedSettings)) error {
	err := table.RetryConflicts(ctx, func() error {
		changed, err := s.ChangedSettings(ctx)
		if err != nil {
			return err
		}
		was := changed.Version
		change(&changed.ChangedSettings)
		changed.Version++
		item, err := table.NewItem(layout.SettingsKey, changed, nil)
		if err != nil {
			return err
		}
		condition, version := layout.IfAbsent, table.Values(nil)
		if was > 0 {
			condition, version = layout.IfUnchanged, table.Values{":version": was}
		}
		err = s.table.Put(ctx, item, condition, version)
		if _, lost := errors.AsType[*table.ConditionFailed](err); lost {
			return livechat.ErrConflict
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
