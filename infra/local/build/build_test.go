package build

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func writeFile(t *testing.T, root, path, content string) {
	t.Helper()
	path = filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func program(says string) string {
	return "package main\n\nfunc main() { println(\"" + says + "\") }\n"
}

func TestOnlyWhatChangedGetsAnotherPath(t *testing.T) {
	root := t.TempDir()
	writeFile(t, root, "go.mod", "module toys\n\ngo 1.26\n")
	writeFile(t, root, "functions/a/main.go", program("a"))
	writeFile(t, root, "functions/b/main.go", program("b"))
	b := Builder{Root: root, Bin: filepath.Join(t.TempDir(), "bin")}
	folders := []string{"functions/a", "functions/b"}

	before, err := b.Build(context.Background(), folders)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, root, "functions/a/main.go", program("changed"))
	after, err := b.Build(context.Background(), folders)
	if err != nil {
		t.Fatal(err)
	}
	if before["functions/a"] == after["functions/a"] || before["functions/b"] != after["functions/b"] {
		t.Errorf("before %v, after %v", before, after)
	}
	if out, err := exec.Command(after["functions/a"]).CombinedOutput(); err != nil || string(out) != "changed\n" {
		t.Errorf("the new binary prints %q, %v", out, err)
	}

	b.Prune(after)
	if _, err := os.Stat(before["functions/a"]); !os.IsNotExist(err) {
		t.Errorf("the old binary is kept: %v", err)
	}
	if _, err := os.Stat(after["functions/a"]); err != nil {
		t.Error(err)
	}

	writeFile(t, root, "functions/b/main.go", "package main\n\nfunc main() { undeclared() }\n")
	_, err = b.Build(context.Background(), folders)
	if err == nil || !strings.Contains(err.Error(), "functions/b/main.go:3:15: undefined: undeclared") {
		t.Errorf("the error lacks the compiler's output: %v", err)
	}
}
