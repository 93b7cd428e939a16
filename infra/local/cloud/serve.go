package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"livechat/infra/local/console"
	"livechat/infra/local/demo/site"
	"livechat/infra/local/gateway"
)

// serve starts answering requests. It is the last step of the start, and until then
// connections wait in the listeners' queues.
func (c *Cloud) serve(context.Context) error {
	server := &http.Server{Handler: c.handler(), ReadHeaderTimeout: 10 * time.Second}
	c.onClose(func() { server.Close() })
	for _, l := range c.listeners.all {
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				c.fail(fmt.Errorf("serve %s: %w", c.URL(), err))
			}
		}()
	}
	return nil
}

func (c *Cloud) handler() http.Handler {
	local := console.New(console.Options{
		Port:        c.listeners.port,
		Functions:   c.functions,
		Invoke:      c.invoke,
		Clock:       c.scheduler,
		Schedules:   c.scheduler,
		Mailbox:     c.mailbox,
		Faults:      &c.faults,
		Keys:        c.proxy.Keys,
		ResetKeys:   c.proxy.ResetKeys,
		Hook:        &c.hook,
		History:     &c.history,
		Permissions: c.roles.Permissions,
		Database: func() console.Database {
			return console.Database{Endpoint: c.endpoint, Table: c.table(), PID: c.databasePID.Load()}
		},
	})
	api := gateway.New(gateway.Options{
		Routes: c.template.Routes(),
		CORS:   c.template.CORS,
		Now:    c.clock.Now,
		Invoke: c.invoke,
		Record: c.record,

		Described: c.described,
	})
	shop := c.shop()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, console.Prefix):
			local.ServeHTTP(w, r)
		case path == site.Path, strings.HasPrefix(path, site.Path+"/"):
			shop.ServeHTTP(w, r)
		default:
			api.ServeHTTP(w, r)
		}
	})
}

// shop returns the handler of the demo's page. Its downloads end when the cloud closes.
func (c *Cloud) shop() http.Handler {
	ctx, cancel := context.WithCancel(context.Background())
	c.onClose(cancel)
	return site.New(ctx, site.Options{
		Port:     c.listeners.port,
		Packages: filepath.Join(c.o.Root, "infra", "test", "clients", "widget"),
		Progress: c.progress,
	})
}

// record adds a request to the history. If the answer does not match the API description,
// record reports the mismatch immediately, because either the description or the function
// is wrong.
func (c *Cloud) record(r gateway.Request) {
	c.history.Add(r)
	if r.SpecMismatch != "" {
		c.progress.line("%s does not match infra/openapi.yaml: %s", r.Path, r.SpecMismatch)
	}
}
