package process

import (
	"maps"
	"strconv"

	"livechat/infra/local/template"
)

// environment is what Lambda sets for provided.al2023 and the template adds:
// nothing of our own environment gets through, or it would be measured too.
func environment(o Options, root, api string) []string {
	f := o.Function
	all := map[string]string{
		"AWS_ACCESS_KEY_ID":               "local",
		"AWS_SECRET_ACCESS_KEY":           "local",
		"AWS_SESSION_TOKEN":               "local",
		"AWS_DEFAULT_REGION":              template.Region,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Memory),
		"AWS_LAMBDA_FUNCTION_NAME":        f.ID,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_FORMAT":           f.LogFormat,
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.ID,
		"AWS_LAMBDA_LOG_STREAM_NAME":      "bench",
		"AWS_LAMBDA_RUNTIME_API":          api,
		"AWS_REGION":                      template.Region,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                root,
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
		"_HANDLER":                        f.Handler,
	}
	maps.Copy(all, f.Env)
	all["AWS_ENDPOINT_URL_DYNAMODB"] = o.Database
	var out []string
	for name, value := range all {
		out = append(out, name+"="+value)
	}
	return out
}
