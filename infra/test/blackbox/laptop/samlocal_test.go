package laptop

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestFunctionUnderSAMNeedsAnEndpoint checks that a function without an endpoint refuses
// to start. Otherwise it would use the table of the developer's AWS account.
func TestFunctionUnderSAMNeedsAnEndpoint(t *testing.T) {
	function := exec.Command("go", "run", "./functions/room")
	function.Dir = system.Root
	function.Env = []string{
		"AWS_SAM_LOCAL=true", "AWS_REGION=eu-central-1", "TABLE_NAME=Table", "AWS_ENDPOINT_URL_DYNAMODB=",
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"),
	}
	out, err := function.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "AWS_ENDPOINT_URL_DYNAMODB must be set") {
		t.Errorf("the function printed %q, %v", out, err)
	}
}
