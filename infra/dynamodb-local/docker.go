package dynamodblocal

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// image has the same release as the jar in package.json.
const image = "amazon/dynamodb-local:3.3.1"

func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").Run() == nil
}

func dockerCommand(o Options) *exec.Cmd {
	args := []string{"run", "--rm", "--init", "--publish", fmt.Sprintf("127.0.0.1:%d:8000", o.Port)}
	if o.DataDir != "" {
		// The image's own user could not write to the bind-mounted folder.
		args = append(args,
			"--user", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()),
			"--mount", "type=bind,source="+o.DataDir+",target=/data")
	}
	args = append(args, image, "-jar", "DynamoDBLocal.jar", "-sharedDb", "-disableTelemetry")
	if o.DataDir == "" {
		args = append(args, "-inMemory")
	} else {
		args = append(args, "-dbPath", "/data")
	}
	return exec.Command("docker", args...)
}
