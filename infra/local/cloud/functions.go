package cloud

import (
	"context"
	"maps"
	"path/filepath"
	"time"

	"livechat/infra/local/build"
	"livechat/infra/local/console"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
	"livechat/infra/local/watch"
)

func (c *Cloud) templatePath() string { return filepath.Join(c.o.Root, "template.yaml") }

func (c *Cloud) buildAll(ctx context.Context) error {
	total := len(c.template.Functions)
	c.builder = build.Builder{Root: c.o.Root, Bin: c.folder.Bin(), Race: c.o.Race, Progress: func(linked int) {
		c.progress.line("built %d of %d", linked, total)
	}}
	c.progress.line("building %d functions …", total)
	binaries, err := c.builder.Build(ctx, c.codeFolders())
	if err != nil {
		return err
	}
	c.builder.Prune(binaries)
	c.binaries = binaries
	for folder := range binaries {
		c.built[folder] = time.Now()
	}
	return nil
}

func (c *Cloud) codeFolders() []string {
	var folders []string
	for _, f := range c.template.Functions {
		folders = append(folders, f.Code)
	}
	return folders
}

func (c *Cloud) openPools(context.Context) error {
	for _, f := range c.template.Functions {
		c.pools[f.ID] = runtime.NewPool(runtime.Options{
			Function: c.runtimeFunction(f),
			Binary:   c.binaries[f.Code],
			Line:     func() runtime.Line { return c.proxy.Open(f.ID) },
			Log:      c.log.of(f.ID),
		})
		c.onClose(c.pools[f.ID].Close)
	}
	return nil
}

func (c *Cloud) runtimeFunction(f template.Function) runtime.Function {
	env := map[string]string{}
	maps.Copy(env, f.Env)
	if c.o.Race {
		env["GORACE"] = "halt_on_error=1" // a race ends the process, so that it is noticed
	}
	// Send mails only to the mailbox, and webhooks only to the laptop.
	env["AWS_ENDPOINT_URL_SESV2"] = c.mailbox.Endpoint(f.ID)
	env["SURVEY_WEBHOOK_ALLOW"] = c.listeners.hosts()
	return runtime.Function{
		Name: f.ID, ARN: template.FunctionARN(f.ID), Region: template.Region,
		Handler: f.Handler, Memory: f.Memory, Timeout: f.Timeout, LogFormat: f.LogFormat,
		Env: env,
	}
}

func (c *Cloud) invoke(ctx context.Context, function string, event []byte) runtime.Outcome {
	return c.pools[function].Invoke(ctx, event)
}

func (c *Cloud) watch(context.Context) error {
	if !c.o.Watch {
		return nil
	}
	// Do not use Start's context, because watching continues until Close.
	ctx, cancel := context.WithCancel(context.Background())
	w, err := watch.New(c.o.Root, func(changes watch.Changes) { c.sourcesChanged(ctx, changes) })
	if err != nil {
		cancel()
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	c.onClose(func() { cancel(); <-ended })
	return nil
}

func (c *Cloud) sourcesChanged(ctx context.Context, changes watch.Changes) {
	if changes.Template {
		c.progress.line("template.yaml has changed: restart to apply it")
	}
	if changes.Sources {
		c.rebuild(ctx)
	}
}

// rebuild replaces the functions whose binaries changed. If the build fails, the old
// functions keep running.
func (c *Cloud) rebuild(ctx context.Context) {
	began := time.Now()
	binaries, err := c.builder.Build(ctx, c.codeFolders())
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		c.broken = true
		c.progress.line("%v\nthe old functions keep running", err)
		return
	}
	if c.broken {
		c.broken = false
		c.progress.line("the functions build again")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.template.Functions {
		if binaries[f.Code] == c.binaries[f.Code] {
			continue
		}
		c.pools[f.ID].Replace(binaries[f.Code])
		c.built[f.Code] = time.Now()
		c.progress.line("rebuilt %s in %.1f s", filepath.Base(f.Code), time.Since(began).Seconds())
	}
	c.binaries = binaries
	c.builder.Prune(binaries)
}

// functions returns the functions in the console's form.
func (c *Cloud) functions() []console.Function {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []console.Function
	for _, f := range c.template.Functions {
		instances, busy := c.pools[f.ID].Count()
		shown := console.Function{
			Name: f.ID, Routes: []string{}, Schedules: []string{},
			Memory: f.Memory, Timeout: f.Timeout.String(),
			Instances: instances, Busy: busy, Built: c.built[f.Code],
		}
		for _, r := range f.Routes {
			shown.Routes = append(shown.Routes, r.Key())
		}
		for _, s := range f.Schedules {
			shown.Schedules = append(shown.Schedules, s.Expression)
		}
		all = append(all, shown)
	}
	return all
}
