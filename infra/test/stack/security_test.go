package stack

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsNameTheirTests checks that each line of SECURITY.md names an existing test
// or Makefile target.
func TestThreatsNameTheirTests(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOf(t)
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+|make [a-z-]+|admin verify)`")
	threats := 0
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.HasPrefix(line, "|---") || strings.Contains(line, "| Threat |") {
			continue
		}
		threats++
		names := named.FindAllStringSubmatch(cells[3], -1)
		if len(names) == 0 && !strings.Contains(cells[3], "black-box run") {
			t.Errorf("no test is named for: %s", cells[1])
		}
		for _, n := range names {
			if !tests[n[1]] {
				t.Errorf("SECURITY.md names %s, which does not exist", n[1])
			}
		}
	}
	if threats < 15 {
		t.Errorf("SECURITY.md has %d threats, want at least 15", threats)
	}
}

// testsOf returns every test, fuzz target, benchmark, and Makefile target.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{"admin verify": true}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range function.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(text), -1) {
		found["make "+m[1]] = true
	}
	return found
}
