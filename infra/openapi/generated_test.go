package openapi_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"livechat/infra/openapi/page"
)

// TestWhatIsServedIsMadeOfTheDocument checks that the generated page and JSON document
// are up to date.
func TestWhatIsServedIsMadeOfTheDocument(t *testing.T) {
	d := read(t)
	written, err := page.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"docs.html": written, "openapi.json": append(d.JSON(), '\n')} {
		got, err := os.ReadFile(filepath.Join(root, "shared", "web", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("shared/web/%s is out of date; run: go run ./infra/openapi/generate", name)
		}
		// A Lambda function can answer at most 6 MB, and every start reads these files.
		if len(got) > 512<<10 {
			t.Errorf("shared/web/%s has %d KiB", name, len(got)>>10)
		}
	}
}
