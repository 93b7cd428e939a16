package sam

import (
	"os/exec"
	"runtime"
	"strings"
)

// arguments returns the arguments of a `sam local` command plus those that all of them
// need.
func (l *Local) arguments(command ...string) []string {
	all := append([]string{"local"}, command...)
	all = append(all,
		"--add-host", hostInContainers+":host-gateway",
		"--parameter-overrides", "Architecture="+architecture(), "DynamoDbEndpoint="+l.endpointInContainers())
	if imageIsHere() {
		// Otherwise SAM checks the registry for a newer image each time, which fails
		// without a network.
		all = append(all, "--skip-pull-image")
	}
	return all
}

// hostInContainers is this machine's name inside a container.
const hostInContainers = "host.docker.internal"

func (l *Local) endpointInContainers() string {
	return strings.NewReplacer("//127.0.0.1", "//"+hostInContainers, "//localhost", "//"+hostInContainers).Replace(l.endpoint)
}

// architecture returns this machine's architecture by Lambda's name. The Makefile builds
// for it.
func architecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}

// imageIsHere reports whether the engine has the image that SAM builds from Lambda's.
func imageIsHere() bool {
	return exec.Command("docker", "image", "inspect", "public.ecr.aws/lambda/provided:al2023-rapid-"+architecture()).Run() == nil
}
