package stack

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages returns the text of each Markdown file by its path, and the paths of all files and
// folders.
func pages(t *testing.T) (text map[string]string, files map[string]bool) {
	t.Helper()
	text, files = map[string]string{}, map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", ".git", ".local", ".tools", ".aws-sam"}, d.Name()) {
			return filepath.SkipDir
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(relative)] = true
		if !strings.HasSuffix(name, ".md") {
			return nil
		}
		content, err := os.ReadFile(name)
		text[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text, files
}

// TestEveryPageSaysWhoItIsFor checks the first sentence of each page.
func TestEveryPageSaysWhoItIsFor(t *testing.T) {
	text, _ := pages(t)
	for page, content := range text {
		if !saysWhoItIsFor(content) {
			t.Errorf("%s does not begin with a heading and a sentence that begins with For", page)
		}
	}
}

func saysWhoItIsFor(content string) bool {
	return regexp.MustCompile(`^# .+\n\nFor [^.|]+\.`).MatchString(content)
}

// TestLinksLeadSomewhere checks that each relative link of each page leads to a file, and
// each anchor to a heading.
func TestLinksLeadSomewhere(t *testing.T) {
	text, files := pages(t)
	for page := range text {
		for _, problem := range brokenLinks(page, text, files) {
			t.Error(problem)
		}
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	// punctuation is what anchors leave out.
	punctuation = regexp.MustCompile(`[^\p{L}\p{N}_-]`)
	// fence is a block of code. Its first group is the code.
	fence = regexp.MustCompile("(?ms)^ *```\\w*\n(.*?)^ *```$")
	span  = regexp.MustCompile("`([^`\n]+)`")
)

func brokenLinks(page string, text map[string]string, files map[string]bool) []string {
	var problems []string
	for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text[page], ""), -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		file, anchor, hasAnchor := strings.Cut(m[1], "#")
		target := page
		if file != "" {
			target = path.Join(path.Dir(page), file)
		}
		if !files[target] {
			problems = append(problems, fmt.Sprintf("%s links to %s, which does not exist", page, m[1]))
		} else if hasAnchor && !anchors(text[target])[anchor] {
			problems = append(problems, fmt.Sprintf("%s links to %s, which is not a heading", page, m[1]))
		}
	}
	return problems
}

// anchors returns the anchors that GitHub gives to the headings.
func anchors(content string) map[string]bool {
	found := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(content, ""), -1) {
		anchor := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		anchor = punctuation.ReplaceAllString(anchor, "")
		name := anchor
		for n := 1; found[name]; n++ {
			name = fmt.Sprint(anchor, "-", n)
		}
		found[name] = true
	}
	return found
}

// TestCommandsInTheDocumentationExist checks that the Makefile has each target that is
// shown, that the folders of go commands exist, and that -run selects a test.
func TestCommandsInTheDocumentationExist(t *testing.T) {
	text, files := pages(t)
	tests := testsOf(t)
	seen := 0
	for page, content := range text {
		for _, command := range commands(content) {
			seen++
			for _, problem := range unknownParts(command, files, tests) {
				t.Errorf("%s: %s: %s", page, command, problem)
			}
		}
	}
	if seen < 100 {
		t.Errorf("found %d commands, want at least 100", seen)
	}
}

// commands returns the lines of blocks of code and the inline code that call make or go.
// A line that ends with a backslash includes the next line.
func commands(content string) []string {
	var code []string
	for _, m := range fence.FindAllStringSubmatch(content, -1) {
		code = append(code, strings.Split(strings.ReplaceAll(m[1], "\\\n", " "), "\n")...)
	}
	for _, m := range span.FindAllStringSubmatch(rejoin(fence.ReplaceAllString(content, "")), -1) {
		code = append(code, m[1])
	}
	var found []string
	for _, line := range code {
		line, _, _ = strings.Cut(line, "  #") // a comment in a block
		if line = strings.TrimSpace(line); regexp.MustCompile(`^(\w+=\S+ |cd \S+ && )*(make|go) [a-z]`).MatchString(line) {
			found = append(found, line)
		}
	}
	return found
}

// rejoin puts inline code that is wrapped at a space into one line.
func rejoin(content string) string {
	return strings.ReplaceAll(strings.ReplaceAll(content, "\n\n", "\f"), "\n", " ")
}

func unknownParts(command string, files, tests map[string]bool) []string {
	var problems []string
	if m := regexp.MustCompile(`\bmake ([a-z-]+)`).FindStringSubmatch(command); m != nil {
		if !tests["make "+m[1]] {
			problems = append(problems, "the Makefile has no target "+m[1])
		}
		return problems
	}
	in := ""
	if m := regexp.MustCompile(`^cd (\S+) && `).FindStringSubmatch(command); m != nil {
		in = m[1]
	}
	for _, m := range regexp.MustCompile(` (?:\./)([\w/-]+)`).FindAllStringSubmatch(command, -1) {
		if !files[path.Join(in, m[1])] {
			problems = append(problems, "there is no folder "+m[1])
		}
	}
	if m := regexp.MustCompile(` -run (\w+)`).FindStringSubmatch(command); m != nil {
		selected := false
		for name := range tests {
			selected = selected || strings.HasPrefix(name, "Test") && strings.Contains(name, m[1])
		}
		if !selected {
			problems = append(problems, "-run selects no test")
		}
	}
	return problems
}

// TestOperatorsCommandLinesInTheDocumentationAreAccepted runs the operator's command line
// with each command that is shown, on a laptop cloud that does not run. The exit code is 2
// if the command line is wrong. Further cases show that wrong command lines are found.
func TestOperatorsCommandLinesInTheDocumentationAreAccepted(t *testing.T) {
	admin := buildAdmin(t)
	text, _ := pages(t)
	seen := 0
	for page, content := range text {
		for _, command := range commands(content) {
			if !callsAdmin(command) {
				continue
			}
			seen++
			if problem := refusedBy(t, admin, command); problem != "" {
				t.Errorf("%s: %s: %s", page, command, problem)
			}
		}
	}
	if seen < 30 {
		t.Errorf("found %d commands of the operator, want at least 30", seen)
	}
	for command, want := range map[string]bool{
		`make admin ARGS='settings list'`:                                          true,
		`make admin ARGS="settings set customFields '[{\"key\":\"a b\"}]'"`:        true,
		`make admin ARGS='settings lists'`:                                         false,
		`make admin ARGS='user create --username mary --role boss'`:                false,
		`make admin ARGS='user create --username mary'`:                            false,
		`go run ./infra/admin --table NAME visitor export --id ID -o mary.json`:    true,
		`go run ./infra/admin --table NAME visitor export --id ID --to mary.json`:  false,
		`go run ./infra/admin --table NAME --region REGION …`:                      true,
		`go run ./infra/admin --table NAME --reg …`:                                false,
		`go run ./infra/admin cors check https://www.example.com --api https://…`:  true,
		`go run ./infra/admin --table NAME settings set surveyMailsPerDay 20 more`: false,
	} {
		if got := refusedBy(t, admin, command); (got == "") != want {
			t.Errorf("%s: %q", command, got)
		}
	}
}

func callsAdmin(command string) bool {
	return strings.HasPrefix(command, "make admin ARGS=") || strings.HasPrefix(command, "go run ./infra/admin ")
}

func buildAdmin(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "admin")
	build := exec.Command("go", "build", "-o", program, "./infra/admin")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build admin: %v\n%s", err, out)
	}
	return program
}

// refusedBy returns what the program says about a wrong command line. A shell splits the
// command, in the same way as the reader's, and as make's for ARGS.
func refusedBy(t *testing.T, admin, command string) string {
	t.Helper()
	// An ellipsis at the end stands for any command.
	if flags, open := strings.CutSuffix(command, " …"); open {
		command = flags + " --help"
	}
	// Nothing listens on port 1, so each right command ends with 1, or with 0 after help.
	script := `go() { shift 2; "$ADMIN" "$@" --local 1; }
make() { eval "\"\$ADMIN\" ${2#ARGS=} --local 1"; }
` + command
	shell := exec.Command("bash", "-c", script)
	shell.Dir = t.TempDir()
	// No address outside of this machine is called.
	shell.Env = append(os.Environ(), "ADMIN="+admin, "HTTPS_PROXY=http://127.0.0.1:1")
	out, err := shell.CombinedOutput()
	if err == nil || shell.ProcessState.ExitCode() == 1 {
		return ""
	}
	return fmt.Sprintf("%v: %s", err, out)
}

func TestWrongDocumentationIsFound(t *testing.T) {
	files := map[string]bool{"a.md": true, "b/c.md": true, "b": true, "infra/admin": true}
	text := map[string]string{"b/c.md": "# One `two`, {three}\n\n## Twice\n\n## Twice\n"}
	for content, want := range map[string]int{
		"[x](b/c.md)":                     0,
		"[x](b/)":                         0,
		"[x](b/c.md#one-two-three)":       0,
		"[x](b/c.md#twice-1)":             0,
		"[x](https://example.com/a.html)": 0,
		"```\n[x](no.md)\n```\n":          0,
		"![x](picture.png)":               1,
		"[x](no.md)":                      1,
		"[x](#no)":                        1,
		"[x](b/c.md#twice-2)":             1,
		"[x](b/c.md#two)":                 1,
	} {
		text["a.md"] = content
		if got := brokenLinks("a.md", text, files); len(got) != want {
			t.Errorf("%q: %v, want %d problems", content, got, want)
		}
	}
	for content, want := range map[string]bool{
		"# X\n\nFor developers.\n":      true,
		"# X\n\nFor developers,\nall.":  true,
		"# X\n\nDevelopers read this.":  false,
		"# X\n\n## Y\n\nFor developers": false,
	} {
		if got := saysWhoItIsFor(content); got != want {
			t.Errorf("%q: %t", content, got)
		}
	}
	tests := map[string]bool{"make test": true, "TestSDK": true}
	for content, want := range map[string]int{
		"`make test`":                                  0,
		"`PORT=1 make tests`":                          1,
		"`make\ntests`":                                1,
		"```\nmake tests   # x\n```\n":                 1,
		"so make tests":                                0,
		"`go run ./infra/admin -h`":                    0,
		"`cd infra && go run ./admin`":                 0,
		"`go run ./infra/admins`":                      1,
		"`go test -run SDK`":                           0,
		"`cd infra && go test -run Widget`":            1,
		"```\ngo run ./infra/admin \\\n  ./no -h\n```": 1,
	} {
		problems := 0
		for _, c := range commands(content) {
			problems += len(unknownParts(c, files, tests))
		}
		if problems != want {
			t.Errorf("%q: %d problems, want %d", content, problems, want)
		}
	}
}
