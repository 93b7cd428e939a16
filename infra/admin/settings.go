package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
)

type settingsCommands struct {
	List  settingsList  `cmd:"" help:"List all settings with value, default, type and description."`
	Get   settingsGet   `cmd:"" help:"Print the value of one setting."`
	Set   settingsSet   `cmd:"" help:"Change one setting."`
	Reset settingsReset `cmd:"" help:"Reset one setting to its default."`
}

// settingRow is the printed form of a setting.
type settingRow struct {
	Name        string `json:"name"`
	Group       string `json:"group"`
	Value       string `json:"value"`
	Default     string `json:"default"`
	Changed     bool   `json:"changed"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// newSettingRow returns the row of a setting with the value in force for the department
// with the given id, or for all departments if the id is empty. It masks secrets.
func newSettingRow(s settings.Setting, changed settings.Changes, department string) settingRow {
	value := s.Default
	for _, values := range []map[string]string{changed.Values, changed.Departments[department]} {
		if set, ok := values[s.Name]; ok {
			value = set
		}
	}
	isChanged := value != s.Default
	if s.Secret && isChanged {
		value = "(set)"
	}
	return settingRow{
		Name: s.Name, Group: s.Group, Value: value, Default: s.Default, Changed: isChanged,
		Type: s.Type, Description: s.Description,
	}
}

// forDepartment holds the flag that limits a command to one department.
type forDepartment struct {
	Department freeText `placeholder:"DEPARTMENT" help:"Apply to this department only (id or name)."`
}

// id returns the department's id, or an empty string if no department is named.
func (f forDepartment) id(ctx context.Context, s *store.Store) (string, error) {
	if f.Department == "" {
		return "", nil
	}
	departments, err := s.Departments(ctx)
	if err != nil {
		return "", err
	}
	found, ok := livechat.FindDepartment(departments, string(f.Department))
	if !ok {
		return "", errNoDepartment(f.Department, departments)
	}
	return found.ID, nil
}

// setting returns the named setting and the department's id. It fails if the setting
// cannot differ by department.
func (f forDepartment) setting(ctx context.Context, s *store.Store, name string) (setting settings.Setting, department string, err error) {
	if department, err = f.id(ctx, s); err != nil {
		return setting, "", err
	}
	setting, err = settings.Find(name)
	if errors.Is(err, settings.ErrUnknown) {
		return setting, department, errNoSetting(name)
	}
	if department != "" && !setting.PerDepartment {
		return setting, department, errSameForAll(name)
	}
	return setting, department, err
}

func settingNames() []string {
	var names []string
	for _, s := range settings.All {
		names = append(names, s.Name)
	}
	return names
}

func errNoSetting(name string) error {
	return fmt.Errorf("there is no setting %q%s: `admin settings list` shows all settings", name, didYouMean(name, settingNames()))
}

type settingsList struct {
	Group string `arg:"" optional:"" help:"List only this group, with types and descriptions: chat, survey, widget, limit or retention."`
	forDepartment
}

func (settingsList) Help() string {
	return `Marks values that are not the default with *. With --department, the list has only the
settings that can differ by department. A long value is cut off with "…"; --json shows it in
full, with the description.

Examples:

    admin settings list
    admin settings list survey
    admin settings list --json | jq '.[] | select(.changed)'`
}

func (c settingsList) Run(ctx context.Context, s *store.Store, out *output) error {
	if c.Group != "" && !slices.Contains(settings.Groups, c.Group) {
		return fmt.Errorf("there is no group %q%s: the groups are %s", c.Group, didYouMean(c.Group, settings.Groups), strings.Join(settings.Groups, ", "))
	}
	department, err := c.id(ctx, s)
	if err != nil {
		return err
	}
	changed, err := s.ChangedSettings(ctx)
	if err != nil {
		return err
	}
	var rows []settingRow
	for _, setting := range settings.All {
		if (department == "" || setting.PerDepartment) && (c.Group == "" || c.Group == setting.Group) {
			rows = append(rows, newSettingRow(setting, changed.Changes, department))
		}
	}
	if out.json || c.Group == "" {
		return list(out, rows, []string{"  NAME", "VALUE", "DEFAULT", "GROUP"}, func(r settingRow) []string {
			return []string{r.mark() + r.Name, orDash(shortened(r.Value)), orDash(shortened(r.Default)), r.Group}
		})
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines,
			fmt.Sprintf("%s%s: %s", r.mark(), r.Name, orDash(shortened(r.Value))),
			fmt.Sprintf("    %s. %s", r.Type, r.Description))
	}
	return out.result(rows, lines...)
}

// mark returns the sign of a changed value, or spaces.
func (r settingRow) mark() string {
	if r.Changed {
		return "* "
	}
	return "  "
}

// maxShown limits the characters of a value in a list. A longer value would push the next
// columns off the screen.
const maxShown = 40

func shortened(value string) string {
	characters := []rune(value)
	if len(characters) <= maxShown {
		return value
	}
	return string(characters[:maxShown-1]) + "…"
}

type settingsGet struct {
	Name string `arg:"" help:"The setting's name, as \"admin settings list\" shows it."`
	forDepartment
}

func (settingsGet) Help() string {
	return `Prints the value in force, which may be the default.

Example:

    admin settings get routingMethod`
}

func (c settingsGet) Run(ctx context.Context, s *store.Store, out *output) error {
	setting, department, err := c.setting(ctx, s, c.Name)
	if err != nil {
		return err
	}
	changed, err := s.ChangedSettings(ctx)
	if err != nil {
		return err
	}
	row := newSettingRow(setting, changed.Changes, department)
	return out.result(row, row.Value)
}

type settingsSet struct {
	Name  string `arg:"" help:"The setting's name, as \"admin settings list\" shows it."`
	Value string `arg:"" help:"The new value; \"admin settings list GROUP\" shows the type."`
	forDepartment
}

func (settingsSet) Help() string {
	return `The value is validated and takes effect everywhere within 5 seconds, without a
restart.

Examples:

    admin settings set acceptChatsWithNoAgents false
    admin settings set routingMethod manual
    admin settings set customFields '[{"key":"crmId","label":"CRM id","scope":"visitor","regexp":"^[0-9]+$"}]'
    admin settings set customFields "$(cat fields.json)"
    admin settings set surveyQuietHours 20:00-09:00 --department Sales`
}

func (c settingsSet) Run(ctx context.Context, s *store.Store, out *output) error {
	setting, department, err := c.setting(ctx, s, c.Name)
	if err != nil {
		return err
	}
	if err := settings.Check(c.Name, c.Value); err != nil {
		return fmt.Errorf("%s cannot have this value: %w", c.Name, err)
	}
	if err := s.SetSetting(ctx, c.Name, department, c.Value); err != nil {
		return err
	}
	if c.Value != setting.Default && setting.Warning != "" {
		out.remark(setting.Name + ": " + setting.Warning)
	}
	return c.reportChange(ctx, s, out, setting, department)
}

type settingsReset struct {
	Name string `arg:"" help:"The setting's name, as \"admin settings list\" shows it."`
	forDepartment
}

func (settingsReset) Help() string {
	return `The default takes effect everywhere within 5 seconds. With --department, the
department gets the value for all departments.

Example:

    admin settings reset routingMethod`
}

func (c settingsReset) Run(ctx context.Context, s *store.Store, out *output) error {
	setting, department, err := c.setting(ctx, s, c.Name)
	if err != nil {
		return err
	}
	if err := s.ResetSetting(ctx, c.Name, department); err != nil {
		return err
	}
	return c.reportChange(ctx, s, out, setting, department)
}

// reportChange prints the value that a setting has after a change, and what the change
// leaves undone. department is the named department's id.
func (f forDepartment) reportChange(ctx context.Context, s *store.Store, out *output, setting settings.Setting, department string) error {
	changed, err := s.ChangedSettings(ctx)
	if err != nil {
		return err
	}
	if err := warnOfConsent(changed.Changes, out); err != nil {
		return err
	}
	row := newSettingRow(setting, changed.Changes, department)
	result := map[string]any{"name": row.Name, "value": row.Value}
	whose := ""
	if department != "" {
		result["departmentId"] = department
		whose = " for department " + string(f.Department)
	}
	value := cmp.Or(row.Value, "empty")
	if !row.Changed {
		value += " (the default)"
	}
	return out.result(result, fmt.Sprintf("%s is %s%s, in force everywhere within 5 seconds", row.Name, value, whose))
}

// warnOfConsent prints a warning for each consent field that surveys need but
// customFields does not define. Without the field, no visitor can consent and be
// surveyed.
func warnOfConsent(changed settings.Changes, out *output) error {
	current, err := settings.New(changed)
	if err != nil {
		return err
	}
	for _, key := range current.UndefinedConsentFields() {
		out.remark(fmt.Sprintf("surveyNeedsConsent: no visitor can consent, so nobody is surveyed, "+
			"until customFields defines the key %q with the scope visitor", key))
	}
	return nil
}

func errSameForAll(name string) error {
	return fmt.Errorf("%s is the same for all departments: leave out --department", name)
}
