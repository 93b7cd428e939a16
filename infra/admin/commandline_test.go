package main

import (
	"strings"
	"testing"
)

func TestEveryCommandHasHelp(t *testing.T) {
	parser := newParser(new(commandLine))
	leaves := parser.Model.Leaves(false)
	if len(leaves) == 0 {
		t.Fatal("no commands")
	}
	for _, command := range leaves {
		t.Run(command.Path(), func(t *testing.T) {
			if command.Help == "" || !strings.Contains(command.Detail, "Example") {
				t.Errorf("help %q and detail %q: want both, and an example", command.Help, command.Detail)
			}
			if !strings.Contains(command.Detail, "\n    admin "+words(command.Path())) {
				t.Errorf("no example uses this command: %s", command.Detail)
			}
			for _, flag := range command.Flags {
				if flag.Help == "" {
					t.Errorf("flag --%s has no help", flag.Name)
				}
			}
			for _, argument := range command.Positional {
				if argument.Help == "" {
					t.Errorf("argument %s has no help", argument.Name)
				}
			}
			a := typeIn(t, append(strings.Fields(words(command.Path())), "--help")...)
			if a.code != exitDone || a.stderr != "" || !strings.Contains(a.stdout, command.Help) {
				t.Errorf("--help: exit code %d, stderr %q:\n%s", a.code, a.stderr, a.stdout)
			}
		})
	}
	for _, flag := range parser.Model.Flags {
		if flag.Help == "" {
			t.Errorf("flag --%s has no help", flag.Name)
		}
	}
}

// words returns the command's own words, without its arguments.
func words(path string) string {
	words, _, _ := strings.Cut(path, " <")
	return words
}

func TestWrongCommandLineSaysWhereToLook(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says []string
	}{
		"nothing":           {nil, []string{"user", "settings", "`admin --help`"}},
		"noun only":         {[]string{"user"}, []string{"create", "list", "deactivate", "`admin user --help`"}},
		"unknown noun":      {[]string{"room"}, []string{"room", "`admin --help`"}},
		"unknown flag":      {[]string{"user", "list", "--all"}, []string{"--all", "`admin user list --help`"}},
		"argument missing":  {[]string{"token", "list"}, []string{"user", "`admin token list --help`"}},
		"port out of range": {[]string{"user", "list", "--local", "99999"}, []string{"--local", "99999"}},
	} {
		t.Run(name, func(t *testing.T) {
			expectRefusal(t, typeIn(t, c.args...), exitUsage, c.says...)
		})
	}
}

func TestWhatIsStoredCannotBreakALine(t *testing.T) {
	if got, want := oneLine("a\tb\nc\x1b[2Jd é"), "a b c [2Jd é"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
