package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	dynamodblocal "livechat/infra/dynamodb-local"
	"livechat/infra/local/database"
	"livechat/infra/local/table"
)

// startDatabaseAndBuild runs the two slow steps in parallel.
func (c *Cloud) startDatabaseAndBuild(ctx context.Context) error {
	var db *dynamodblocal.Server
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		db, err = c.startDatabase(ctx)
		return err
	})
	g.Go(func() error { return c.buildAll(ctx) })
	err := g.Wait()
	if db != nil {
		c.startSupervisor(db)
	}
	return err
}

// startDatabase starts the database. It returns nil if Options names a running database.
func (c *Cloud) startDatabase(ctx context.Context) (*dynamodblocal.Server, error) {
	if c.o.DatabaseEndpoint != "" && c.o.Fresh {
		return nil, errors.New("FRESH starts a database in memory and AWS_ENDPOINT_URL_DYNAMODB names a running database: use only one of them")
	}
	if c.o.DatabaseEndpoint != "" {
		c.endpoint = c.o.DatabaseEndpoint
		return nil, checkEndpoint(c.endpoint)
	}
	dir := c.folder.Database()
	if c.o.Fresh {
		dir = ""
	}
	c.progress.line("database …")
	c.databaseOptions = dynamodblocal.Options{
		PackageDir: filepath.Join(c.o.Root, "infra", "dynamodb-local"),
		DataDir:    dir,
		Progress:   c.progress,
	}
	db, err := dynamodblocal.Start(ctx, c.databaseOptions)
	if err != nil {
		return nil, err
	}
	c.databaseOptions.Port = db.Port
	c.endpoint = db.Endpoint
	return db, nil
}

// checkEndpoint refuses the endpoints of databases on AWS, so that local code never
// reaches one.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("AWS_ENDPOINT_URL_DYNAMODB=%q is not an address; use one like http://localhost:8000", endpoint)
	}
	if strings.HasSuffix(u.Hostname(), ".amazonaws.com") || strings.HasSuffix(u.Hostname(), ".api.aws") {
		return fmt.Errorf("AWS_ENDPOINT_URL_DYNAMODB=%s is a database on AWS; the laptop cloud works only with a local database", endpoint)
	}
	return nil
}

func (c *Cloud) ensureTables(ctx context.Context) error {
	for _, t := range c.template.Tables {
		c.progress.line("table %s …", *t.CreateInput.TableName)
		if err := table.Ensure(ctx, c.endpoint, t); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cloud) startProxy(context.Context) error {
	// The cloud restarts only a database that it has started. Only one on disk keeps its
	// data.
	onDisk := c.o.DatabaseEndpoint == "" && !c.o.Fresh
	proxy, err := database.Start(database.Options{
		Endpoint: c.endpoint, Tables: c.template.Tables, Roles: c.roles,
		Down: c.databaseDown.Load, OnDisk: onDisk, Faults: &c.faults, Log: c.log.of("database"),
	})
	if err != nil {
		return err
	}
	c.proxy = proxy
	c.onClose(proxy.Close)
	return nil
}
