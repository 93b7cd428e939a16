package data

import (
	"strings"
	"testing"
)

func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "another local cloud uses the data in "+dir) {
		t.Errorf("a second Open: %v", err)
	}
	first.Close()
	again, err := Open(dir)
	if err != nil {
		t.Fatalf("after closing the first: %v", err)
	}
	again.Close()
}
