package process

import (
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// environment returns the laptop cloud's environment: Lambda's variables and the
// template's. It contains nothing of this process's own environment, which would be
// measured too.
func environment(o Options, root, api string) []string {
	f := o.Function
	return runtime.Environment(runtime.Function{
		Name: f.ID, Region: template.Region, Handler: f.Handler, Memory: f.Memory, LogFormat: f.LogFormat, Env: f.Env,
	}, root, api, o.Database)
}
