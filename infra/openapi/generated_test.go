package openapi_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"livechat/infra/openapi/page"
)

// TestWhatIsServedIsMadeOfTheDocument: the page and the JSON are kept beside
// their handler, and must not grow old there.
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
			t.Errorf("shared/web/%s is not of this document; run: go run ./infra/openapi/generate", name)
		}
		// A Lambda function has 6 MB for an answer, and every start reads these.
		if len(got) > 512<<10 {
			t.Errorf("shared/web/%s has %d KiB", name, len(got)>>10)
		}
	}
}
