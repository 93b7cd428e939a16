package laptop

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

var environment = regexp.MustCompile(`(?m)^\[(\w+)\.global\.parameters\]\nstack_name = "(.+)"\nparameter_overrides = "(.+)"$`)

// TestSamconfigFitsTheTemplate exists because SAM silently ignores unknown parameters.
func TestSamconfigFitsTheTemplate(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "samconfig.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range environment.FindAllStringSubmatch(string(text), -1) {
		name, stack, overrides := m[1], m[2], strings.Fields(m[3])
		names = append(names, name)
		if stack != "livechat-"+name {
			t.Errorf("%s has the stack %s; make looks for livechat-%s", name, stack, name)
		}
		if !slices.Contains(overrides, "Environment="+name) {
			t.Errorf("%s is deployed with %v", name, overrides)
		}
		parameters := map[string]string{}
		for _, o := range overrides {
			parameter, value, _ := strings.Cut(o, "=")
			parameters[parameter] = value
		}
		if _, err := template.Read(filepath.Join(root, "template.yaml"), template.Options{Parameters: parameters}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"dev", "staging", "prod"}, names); diff != "" {
		t.Errorf("environments (-wanted +in samconfig.toml):\n%s", diff)
	}
}
