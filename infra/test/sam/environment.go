package sam

import (
	"os"
	"slices"
	"strings"

	"livechat/infra/local/template"
)

// environment returns this process's environment without the variables that SAM acts on.
// With credentials, SAM contacts AWS and passes them on to the functions. SAM also
// prefers a variable from its own environment to the template's.
func (l *Local) environment() []string {
	taken := map[string]bool{}
	for _, f := range l.template.Functions {
		for name := range f.Env {
			taken[name] = true
		}
	}
	env := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return taken[name] || strings.HasPrefix(name, "AWS_")
	})
	return append(env,
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_DEFAULT_REGION="+template.Region,
		"SAM_CLI_TELEMETRY=0",
		// SAM has no address for an API, so the template's value would be empty.
		"API_URL=http://localhost",
	)
}
