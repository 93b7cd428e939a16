package dynamodblocal

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// oldestJava is the oldest version that DynamoDB Local 3 supports.
const oldestJava = 17

// whyNoJava says why the java program on the PATH cannot run DynamoDB Local. It returns an
// empty string if the program can run it.
func whyNoJava(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "java", "-version").CombinedOutput()
	if err != nil {
		return "no Java found"
	}
	switch v := javaVersion(string(out)); {
	case v == 0:
		return "a Java of unknown version found"
	case v < oldestJava:
		return fmt.Sprintf("Java %d found, but DynamoDB Local needs %d or newer", v, oldestJava)
	}
	return ""
}

var versionLine = regexp.MustCompile(`version "(?:1\.)?(\d+)`)

// javaVersion returns the major version in the output of `java -version`, or 0 if the
// output contains no version.
func javaVersion(out string) int {
	m := versionLine.FindStringSubmatch(out)
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(m[1]) // the pattern allows only digits
	return v
}

// javaCommand returns the command that runs the jar with the given java program.
func javaCommand(java string, o Options) (*exec.Cmd, error) {
	dir, err := jarDir(o.PackageDir)
	if err != nil {
		return nil, err
	}
	args := []string{
		// A laptop's database is small.
		"-XX:+UseSerialGC", "-Xmx512m",
		"-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
		"-port", strconv.Itoa(o.Port), "-sharedDb", "-disableTelemetry",
	}
	if o.DataDir == "" {
		args = append(args, "-inMemory")
	} else {
		args = append(args, "-dbPath", o.DataDir)
	}
	cmd := exec.Command(java, args...)
	cmd.Dir = dir
	return cmd, nil
}
