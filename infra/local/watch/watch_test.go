package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestChanges(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"functions/room", "shared/api"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	changes := make(chan Changes)
	w, err := New(root, func(c Changes) { changes <- c })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	// An ignored file is written before each test file. It must not be reported.
	tests := []struct {
		ignored, path string
		want          Changes
	}{
		{"README.md", "functions/room/main.go", Changes{Sources: true}},
		{"functions/room/.main.go.swp", "shared/api/page.html", Changes{Sources: true}},
		{"shared/api/api_test.go", "go.mod", Changes{Sources: true}},
		{"functions/room/main.go~", "template.yaml", Changes{Template: true}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			for _, path := range []string{tt.ignored, tt.path} {
				if err := os.WriteFile(filepath.Join(root, path), []byte("x"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case got := <-changes:
				if got != tt.want {
					t.Errorf("reported %+v, want %+v", got, tt.want)
				}
			case <-time.After(10 * time.Second):
				t.Error("the change is not reported")
			}
		})
	}
}
