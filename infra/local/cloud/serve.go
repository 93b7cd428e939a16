package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"livechat/infra/local/gateway"
	"livechat/infra/local/surface"
)

// serve comes last: until then callers wait in the listeners' queue.
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
	local := surface.New(surface.Options{
		Port:        c.listeners.port,
		Functions:   c.functions,
		Invoke:      c.invoke,
		Clock:       c.scheduler,
		Schedules:   c.scheduler,
		Mailbox:     c.mailbox,
		Hook:        &c.hook,
		History:     &c.history,
		Permissions: c.roles.Permissions,
		Database:    surface.Database{Endpoint: c.endpoint, Table: c.table()},
	})
	api := gateway.New(gateway.Options{
		Routes: c.template.Routes(),
		CORS:   c.template.CORS,
		Now:    c.clock.Now,
		Invoke: c.invoke,
		Record: c.history.Add,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, surface.Prefix) {
			local.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}
