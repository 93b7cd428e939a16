//go:build sam

package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"livechat/infra/local/template"
)

// checkout is a copy of this repository's sources in a separate folder, at a separate
// commit.
type checkout struct{ folder string }

func newCheckout(t *testing.T, name string) checkout {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	c := checkout{filepath.Join(t.TempDir(), name)}
	files := run(t, root, "git", "ls-files", "--cached", "--others", "--exclude-standard")
	for path := range strings.Lines(files) {
		copyFile(t, filepath.Join(root, strings.TrimSpace(path)), filepath.Join(c.folder, strings.TrimSpace(path)))
	}
	if err := os.Symlink(filepath.Join(root, ".tools"), filepath.Join(c.folder, ".tools")); err != nil {
		t.Fatal(err)
	}
	run(t, c.folder, "git", "init", "--quiet")
	run(t, c.folder, "git", "add", ".")
	run(t, c.folder, "git", "-c", "user.name="+name, "-c", "user.email=test@example.com", "commit", "--quiet", "--message", name)
	return c
}

// copyFile keeps the modification time, so that make does not consider the pinned tools
// outdated.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Lstat(from)
	if os.IsNotExist(err) {
		return // deleted but not yet committed
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if info.Mode()&os.ModeSymlink != 0 {
		copyLink(t, from, to)
		return
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, info.Mode()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(to, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
}

func copyLink(t *testing.T, from, to string) {
	t.Helper()
	target, err := os.Readlink(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, to); err != nil {
		t.Fatal(err)
	}
}

// build builds the functions and returns the paths of their programs, by logical id.
func (c checkout) build(t *testing.T, architecture string) map[string]string {
	t.Helper()
	run(t, c.folder, "make", "build", "ARCH="+architecture)
	declared, err := template.Read(filepath.Join(c.folder, "template.yaml"), template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{}
	for _, f := range declared.Functions {
		programs[f.ID] = filepath.Join(c.folder, ".aws-sam", "build", f.ID, f.Handler)
	}
	if len(programs) == 0 {
		t.Fatal("the template has no functions")
	}
	return programs
}

func run(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = folder
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, &stderr)
	}
	return string(out)
}
