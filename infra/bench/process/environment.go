package process

import (
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// environment is the laptop cloud's: what Lambda sets and the template adds, and
// nothing of ours, which would be measured too.
func environment(o Options, root, api string) []string {
	f := o.Function
	return runtime.Environment(runtime.Function{
		Name: f.ID, Region: template.Region, Handler: f.Handler, Memory: f.Memory, LogFormat: f.LogFormat, Env: f.Env,
	}, root, api, o.Database)
}
