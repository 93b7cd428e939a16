package dynamodblocal

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

const remedy = "Install Java 17 or newer and npm: `apt install openjdk-17-jre-headless npm` on Debian, `brew install openjdk npm` on macOS."

// oldestJava is the oldest version that DynamoDB Local 3 supports.
const oldestJava = 17

// missingForJava names what is missing to run the jar; empty if nothing is.
func missingForJava(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "java", "-version").CombinedOutput()
	if err != nil {
		return "no Java found"
	}
	if v := javaVersion(string(out)); v < oldestJava {
		return fmt.Sprintf("Java %d found, %d or newer needed", v, oldestJava)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "no npm found"
	}
	return ""
}

var versionLine = regexp.MustCompile(`version "(?:1\.)?(\d+)`)

// javaVersion parses the major version from `java -version`. It returns 0 if it cannot.
func javaVersion(out string) int {
	m := versionLine.FindStringSubmatch(out)
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(m[1]) // the pattern allows only digits
	return v
}

func javaCommand(o Options) (*exec.Cmd, error) {
	dir, err := libraryFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	args := []string{
		// A laptop's database is short-lived and small, so it should start fast and stay
		// small.
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m",
		"-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
		"-port", strconv.Itoa(o.Port), "-sharedDb", "-disableTelemetry",
	}
	if o.Dir == "" {
		args = append(args, "-inMemory")
	} else {
		args = append(args, "-dbPath", o.Dir)
	}
	cmd := exec.Command("java", args...)
	cmd.Dir = dir
	return cmd, nil
}
