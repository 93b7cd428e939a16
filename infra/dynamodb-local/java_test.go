package dynamodblocal

import "testing"

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
