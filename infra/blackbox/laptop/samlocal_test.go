package laptop

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestFunctionUnderSAMNeedsAnEndpoint: without one, it would find the table of
// whatever AWS account the developer is signed in to.
func TestFunctionUnderSAMNeedsAnEndpoint(t *testing.T) {
	function := exec.Command("go", "run", "./functions/room")
	function.Dir = system.Root
	function.Env = []string{
		"AWS_SAM_LOCAL=true", "AWS_REGION=eu-central-1", "TABLE_NAME=Table", "AWS_ENDPOINT_URL_DYNAMODB=",
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"),
	}
	out, err := function.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "AWS_ENDPOINT_URL_DYNAMODB must be set") {
		t.Errorf("the function said %q, %v", out, err)
	}
}
