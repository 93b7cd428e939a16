package runtime

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Environment returns the environment of a function's process. It consists of the
// variables that Lambda sets for provided.al2023, and of the template's variables. root
// is the task root, and api and database are the addresses for the process. No variable
// of this process's own environment is passed on.
func Environment(f Function, root, api, database string) []string {
	all := map[string]string{
		"AWS_ACCESS_KEY_ID":               "local",
		"AWS_SECRET_ACCESS_KEY":           "local",
		"AWS_SESSION_TOKEN":               "local",
		"AWS_DEFAULT_REGION":              f.Region,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Memory),
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_FORMAT":           f.LogFormat,
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      logStream(time.Now()),
		"AWS_LAMBDA_RUNTIME_API":          api,
		"AWS_REGION":                      f.Region,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                root,
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
		"_HANDLER":                        f.Handler,
	}
	maps.Copy(all, f.Env)
	// Override any other database address, because local code must never reach a real
	// database.
	all["AWS_ENDPOINT_URL_DYNAMODB"] = database

	out := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, name+"="+all[name])
	}
	return out
}

func logStream(now time.Time) string {
	return now.UTC().Format("2006/01/02/") + "[$LATEST]" + uuid()[:8]
}
