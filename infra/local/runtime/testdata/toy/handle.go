package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Text string `json:"text"`
	Path string `json:"path"`
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "crash":
		fmt.Fprintln(os.Stderr, "out of luck")
		os.Exit(7)
	case "panic":
		panic("toy broke")
	case "hang":
		select {}
	case "big":
		return strings.Repeat("x", 7<<20), nil
	case "fail":
		return nil, fmt.Errorf("failed as told")
	case "meet":
		return meet(e.Path)
	case "describe":
		return describe(ctx), nil
	}
	return e.Text, nil
}

// meet returns when four processes have written to the folder, which requires that they
// run concurrently.
func meet(folder string) (any, error) {
	if err := os.WriteFile(fmt.Sprintf("%s/%d", folder, os.Getpid()), nil, 0o600); err != nil {
		return nil, err
	}
	for {
		present, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		if len(present) >= 4 {
			return os.Getpid(), nil
		}
		time.Sleep(time.Millisecond)
	}
}

func describe(ctx context.Context) any {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"arn":         lc.InvokedFunctionArn,
		"requestId":   lc.AwsRequestID,
		"remainingMs": time.Until(deadline).Milliseconds(),
		"environment": os.Environ(),
		"pid":         os.Getpid(),
	}
}
