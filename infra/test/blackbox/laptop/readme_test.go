package laptop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/test/blackbox/target"
)

// TestReadmeExamples runs every shell block of the README and of infra/laptop.md that is
// followed by a JSON block, and compares the answer; "…" matches anything.
func TestReadmeExamples(t *testing.T) {
	for page, examples := range map[string]int{"README.md": 3, "infra/laptop.md": 11} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, page))
			if err != nil {
				t.Fatal(err)
			}
			// The reader's laptop has only the demo data.
			cloud, end, err := target.Laptop(t.Context(), root)
			if err != nil {
				t.Fatal(err)
			}
			defer end()
			ran := 0
			blocks := strings.Split(string(text), "```")
			for i := 1; i+2 < len(blocks); i += 2 {
				line, isShell := strings.CutPrefix(blocks[i], "sh\n")
				want, isJSON := strings.CutPrefix(blocks[i+2], "json\n")
				if !isShell || !isJSON {
					continue
				}
				ran++
				t.Run(strings.TrimSpace(strings.SplitN(line, "\n", 2)[0]), func(t *testing.T) {
					wantAnswer(t, cloud.Bash(t, line), want)
				})
			}
			if ran < examples {
				t.Errorf("%s has %d examples with answers, want at least %d", page, ran, examples)
			}
		})
	}
}

func wantAnswer(t *testing.T, out, want string) {
	t.Helper()
	var got any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("not JSON: %s", out)
	}
	if diff := cmp.Diff(target.Parse(t, want), elide(target.Parse(t, want), got)); diff != "" {
		t.Errorf("answer (-page +got):\n%s", diff)
	}
}

// elide replaces parts of got by "…" where want has "…", either as a value or as a last
// member that matches all further members.
func elide(want, got any) any {
	if want == "…" {
		return "…"
	}
	wantObject, ok := want.(map[string]any)
	gotObject, ok2 := got.(map[string]any)
	if !ok || !ok2 {
		return got
	}
	elided := map[string]any{}
	for name, value := range gotObject {
		if _, named := wantObject[name]; named {
			elided[name] = elide(wantObject[name], value)
		} else if _, open := wantObject["…"]; !open {
			elided[name] = value
		}
	}
	if more, open := wantObject["…"]; open {
		elided["…"] = more
	}
	return elided
}
