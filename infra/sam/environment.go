package sam

import (
	"os"
	"slices"
	"strings"

	"livechat/infra/local/template"
)

// environment is ours without what SAM would act on: it asks AWS who we are
// when it finds credentials, hands them on to the functions, and takes a
// variable of a function from here when there is one of that name.
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
		// An API has no address for SAM, and the template's is empty then.
		"API_URL=http://localhost",
	)
}
