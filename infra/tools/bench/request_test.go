package main

import (
	"path/filepath"
	"testing"

	"livechat/infra/local/template"
)

// TestEveryFunctionIsMeasured checks all functions except those that only a schedule
// invokes.
func TestEveryFunctionIsMeasured(t *testing.T) {
	read, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"), template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	known := requests(nil)
	for _, f := range read.Functions {
		if name := filepath.Base(f.Code); len(f.Routes) > 0 && known[name] == nil {
			t.Errorf("requests has no request for %s", name)
		}
	}
}
