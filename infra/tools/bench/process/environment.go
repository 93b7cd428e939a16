package process

import (
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// environment returns the same environment as in the laptop cloud, with Lambda's and the
// template's variables. It contains no variables of this process, because they could
// affect the measurement.
func environment(o Options, root, api string) []string {
	f := o.Function
	return runtime.Environment(runtime.Function{
		Name: f.ID, Region: template.Region, Handler: f.Handler, Memory: f.Memory, LogFormat: f.LogFormat, Env: f.Env,
	}, root, api, o.Database)
}
