package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

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
		return nil // interrupted while starting
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
	s := store.New(table.New(table.Emulator(endpoint), name))
	if err := demo.Seed(ctx, s); err != nil {
		return err
	}
	return demo.SeedRecent(ctx, s, time.Now())
}

// repository returns the nearest folder with a template, searching upwards from the
// working directory.
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
