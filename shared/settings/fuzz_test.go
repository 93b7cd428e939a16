package settings_test

import (
	"testing"

	"livechat/shared/settings"
)

// FuzzSettings checks that the settings can be read with every value that Check
// accepts.
func FuzzSettings(f *testing.F) {
	for i := range settings.All {
		f.Add(i, settings.All[i].Default)
		f.Add(i, "-1")
		f.Add(i, `[{"key":"a","label":"b","scope":"visitor","regexp":"(a+)+$"}]`)
		f.Add(i, "https://user:secret@127.0.0.1:99999/%zz")
		f.Add(i, "20:00-09:00")
	}
	f.Fuzz(func(t *testing.T, which int, value string) {
		if which < 0 {
			return
		}
		s := settings.All[which%len(settings.All)]
		if settings.Check(s.Name, value) != nil {
			return
		}
		if _, err := settings.New(settings.Changes{Values: map[string]string{s.Name: value}}); err != nil {
			t.Errorf("%s accepts %q, but then the settings cannot be read: %v", s.Name, value, err)
		}
	})
}
