package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"livechat/infra/local/build"
	"livechat/infra/local/template"
)

func run(ctx context.Context, f flags, progress io.Writer) (_ report, err error) {
	// Use a separate table, because the database may be in use.
	name := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	t, err := template.Read(filepath.Join(f.Root, "template.yaml"), template.Options{Names: map[string]string{"Table": name}})
	if err != nil {
		return report{}, err
	}
	if len(t.Tables) != 1 {
		return report{}, fmt.Errorf("the template declares %d tables, not one", len(t.Tables))
	}
	db, err := seededStore(ctx, f.Database, t.Tables[0])
	if err != nil {
		return report{}, err
	}
	defer func() {
		// Drop the table even after Ctrl-C.
		err = errors.Join(err, drop(context.WithoutCancel(ctx), f.Database, t.Tables[0]))
	}()
	bin, err := os.MkdirTemp("", "livechat-bench-")
	if err != nil {
		return report{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(bin)) }()

	fmt.Fprintln(progress, "building …")
	subjects, err := newSubjects(ctx, build.Builder{Root: f.Root, Bin: bin}, t.Functions, db, f.Database)
	if err != nil {
		return report{}, err
	}
	// The calls come first, because they warm up the database for the starts.
	fmt.Fprintf(progress, "%d calls to each function …\n", f.Calls)
	if err := measureCalls(ctx, subjects, f.Calls); err != nil {
		return report{}, err
	}
	fmt.Fprintf(progress, "%d starts of each function …\n", f.Rounds)
	if err := measureStarts(ctx, subjects, f.Rounds); err != nil {
		return report{}, err
	}
	return newReport(subjects, f.Rounds, f.Calls), nil
}
