package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"livechat/shared/version"
)

func TestVersionIsDescribed(t *testing.T) {
	for file, line := range map[string]string{
		"CHANGELOG.md":       "## " + version.Number,
		"infra/openapi.yaml": "  version: " + version.Number,
	} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains("\n"+string(text), "\n"+line) {
			t.Errorf("%s has no line %q", file, line)
		}
	}
}
