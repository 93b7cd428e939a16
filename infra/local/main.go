// Command local runs the whole cloud on a laptop: the functions as built, the
// HTTP API in front of them and the database behind them, all from template.yaml.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

const description = `Run livechat on this laptop, from template.yaml: no Docker and no AWS account needed.

Functions are rebuilt when their sources change. The page at /_local/ shows what goes on. Ctrl-C ends everything.`

type flags struct {
	Port             int               `env:"PORT" default:"3000" help:"Port of the API; 0 takes a free one."`
	Data             string            `env:"DATA" default:".local" placeholder:"FOLDER" help:"Folder of the database and the built functions. It survives a restart."`
	Fresh            bool              `env:"FRESH" help:"Keep the database in memory, with demo data only."`
	DatabaseEndpoint string            `env:"AWS_ENDPOINT_URL_DYNAMODB" placeholder:"URL" help:"Use this local DynamoDB; none is started then."`
	Parameter        map[string]string `placeholder:"NAME=VALUE" help:"Set a parameter of the template, such as AllowedOrigins=https://www.example.com."`
	Watch            bool              `default:"true" negatable:"" help:"Rebuild functions when their sources change."`
}

func main() {
	var f flags
	dropEmpty("PORT", "DATA", "FRESH", "AWS_ENDPOINT_URL_DYNAMODB")
	kong.Parse(&f, kong.Name("local"), kong.Description(description))
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "local: error:", err)
		os.Exit(1)
	}
}

// dropEmpty unsets variables without a value: make passes on as empty what it
// was not given.
func dropEmpty(names ...string) {
	for _, name := range names {
		if os.Getenv(name) == "" {
			os.Unsetenv(name)
		}
	}
}

func run(f flags) error {
	root, err := repository()
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	c, err := cloud.Start(ctx, cloud.Options{
		Root: root, Port: f.Port, Data: f.Data, Fresh: f.Fresh,
		DatabaseEndpoint: f.DatabaseEndpoint, Parameters: f.Parameter, Watch: f.Watch,
		Log: os.Stderr, Progress: os.Stderr,
		Seed: seed,
	})
	if err != nil && ctx.Err() != nil {
		return nil // asked to end while starting
	}
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Println("ready: " + c.URL())
	fmt.Fprint(os.Stderr, demo.Hints(c.URL()))
	go func() {
		<-ctx.Done()
		c.Close()
	}()
	return c.Wait()
}

func seed(ctx context.Context, endpoint, name string) error {
	return demo.Seed(ctx, store.New(table.New(table.Emulator(endpoint), name)))
}

// repository is the nearest folder with a template, from here upwards.
func repository() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "template.yaml")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("no template.yaml here or above; run this inside the repository")
		}
		at = filepath.Dir(at)
	}
}
