package cloud

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"livechat/shared/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func options(t *testing.T) Options {
	return Options{
		Root: "testdata/site", Data: t.TempDir(),
		DatabaseEndpoint: storetest.Endpoint(t),
		TableName:        fmt.Sprintf("cloud-%d", time.Now().UnixNano()),
	}
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestCloud(t *testing.T) {
	o := options(t)
	var seeded string
	o.Seed = func(_ context.Context, endpoint, table string) error {
		seeded = endpoint + " " + table
		return nil
	}
	c, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if want := o.DatabaseEndpoint + " " + o.TableName; seeded != want {
		t.Errorf("seeded %q, want %q", seeded, want)
	}

	t.Run("calls are counted", func(t *testing.T) {
		for path, want := range map[string]string{"/calls/chain": "3 3", "/calls/side%20by%20side": "4 1", "/calls/none": "0 0"} {
			// On a busy machine, parallel calls may run one after another, so try again.
			got := ""
			for try := 0; got != want && try < 10; try++ {
				resp, _ := get(t, c.URL()+path)
				got = resp.Header.Get("X-Local-Db-Calls") + " " + resp.Header.Get("X-Local-Db-Trips")
			}
			if got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
	})
	t.Run("a call without a grant in the template is refused", func(t *testing.T) {
		_, body := get(t, c.URL()+"/calls/forbidden")
		if !strings.Contains(body, "AccessDeniedException") {
			t.Error(body)
		}
		_, permissions := get(t, c.URL()+"/_local/permissions")
		want := `{"functions":{"CallsFunction":{"granted":["dynamodb:GetItem table/` + o.TableName + `"],"used":["dynamodb:GetItem table/` + o.TableName + `"],"refused":["dynamodb:PutItem table/` + o.TableName + `"]}}}` + "\n"
		if d := cmp.Diff(want, permissions); d != "" {
			t.Error(d)
		}
	})
	t.Run("events carry the clock's time", func(t *testing.T) {
		resp, err := http.Post(c.URL()+"/_local/clock", "application/json", strings.NewReader(`{"set":"2030-01-02T03:04:05Z"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if _, body := get(t, c.URL()+"/calls/none"); !strings.HasPrefix(body, `{"timeEpoch":18935534`) {
			t.Error(body)
		}
	})
	t.Run("a route is throttled at the template's rate", func(t *testing.T) {
		var statuses []int
		for range 3 {
			resp, _ := get(t, c.URL()+"/few/none")
			statuses = append(statuses, resp.StatusCode)
		}
		if d := cmp.Diff([]int{200, 200, 429}, statuses); d != "" {
			t.Error(d)
		}
	})
	t.Run("an unknown path invokes no function", func(t *testing.T) {
		resp, body := get(t, c.URL()+"/websocket")
		if resp.StatusCode != 404 || body != `{"message":"Not Found"}` || resp.Header.Get("X-Local-Function") != "" {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	})
	t.Run("the first request is a cold start", func(t *testing.T) {
		_, body := get(t, c.URL()+"/_local/requests")
		if n := strings.Count(body, `"cold":true`); n != 1 {
			t.Errorf("%d cold starts: %s", n, body)
		}
	})
	t.Run("Close ends it, and can be called again", func(t *testing.T) {
		c.Close()
		c.Close()
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
		if _, err := http.Get(c.URL()); err == nil {
			t.Error("it still answers")
		}
	})
}

func TestPortInUseIsSaidFirst(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	var progress bytes.Buffer
	_, err = Start(context.Background(), Options{Root: "testdata/site", Data: t.TempDir(), Port: port, Progress: &progress})
	want := fmt.Sprintf("port %d is in use; choose another: PORT=%d make run", port, port+1)
	if err == nil || err.Error() != want || progress.Len() > 0 {
		t.Errorf("error %v after %q, want %s", err, &progress, want)
	}
}

func TestDatabaseOnAWSIsRefused(t *testing.T) {
	for _, endpoint := range []string{"https://dynamodb.us-east-1.amazonaws.com", "localhost:8000", "x"} {
		if err := checkEndpoint(endpoint); err == nil {
			t.Errorf("%s is taken", endpoint)
		}
	}
}
