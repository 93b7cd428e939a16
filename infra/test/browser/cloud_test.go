package browser

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// repository returns the folder in which the laptop cloud is built and run.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// cloud starts a laptop cloud and returns its address.
func cloud(t *testing.T) string {
	t.Helper()
	root := repository(t)
	program := filepath.Join(t.TempDir(), "livechat-local")
	build := exec.Command("go", "build", "-o", program, "./infra/local")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		t.Fatalf("build the laptop cloud: %v", err)
	}
	run := exec.Command(program, "--no-watch")
	run.Dir = root
	t.Setenv("DATA", t.TempDir()) // for the operator's command line
	run.Env = append(os.Environ(), "PORT=0", "FRESH=1", "AWS_ENDPOINT_URL_DYNAMODB=")
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(syscall.SIGTERM)
		_ = run.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ready := strings.CutPrefix(lines.Text(), "ready: "); ready {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			t.Cleanup(func() { wantDescribed(t, url) })
			return url
		}
	}
	t.Fatal("the laptop cloud ended before it was ready")
	return ""
}

// call makes an API call, which must succeed. header is a list of names and values.
func call(t *testing.T, method, url, body string, header ...string) string {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s (%v)", method, url, answer.StatusCode, text, err)
	}
	return string(text)
}

// operator runs the operator's command line on the cloud.
func operator(t *testing.T, cloud string, arguments ...string) {
	t.Helper()
	_, port, _ := strings.Cut(strings.TrimPrefix(cloud, "http://"), ":")
	admin := exec.Command("go", append([]string{"run", "./infra/admin", "--local", port}, arguments...)...)
	admin.Dir = repository(t)
	if out, err := admin.CombinedOutput(); err != nil {
		t.Fatalf("admin %v: %v: %s", arguments, err, out)
	}
}

const (
	managerID    = "mNgrDemoUser7Kx2p"
	managerToken = "demo-manager-token-of-this-laptop-only"
)

var manager = []string{"X-User-Id", managerID, "X-Auth-Token", managerToken}

// wantDescribed fails if the cloud gave an answer that infra/openapi.yaml does not
// describe.
func wantDescribed(t *testing.T, url string) {
	t.Helper()
	if got := call(t, http.MethodGet, url+"/_local/undescribed", ""); !strings.Contains(got, `"requests":[]`) {
		t.Errorf("undescribed answers: %s", got)
	}
}
