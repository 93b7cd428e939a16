package cloud

import (
	"context"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startWithDatabase starts a cloud with its own database.
func startWithDatabase(t *testing.T, change func(*Options)) *Cloud {
	t.Helper()
	o := options(t)
	o.DatabaseEndpoint = ""
	change(&o)
	c, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// killDatabase kills the database and waits until it has been restarted or the cloud has
// given up.
func killDatabase(t *testing.T, c *Cloud) {
	t.Helper()
	was := c.databasePID.Load()
	if err := syscall.Kill(int(was), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(time.Minute); isDown(c, was) && len(c.failed) == 0; <-tick.C {
		if time.Now().After(until) {
			t.Fatal("the database did not come back within a minute")
		}
	}
}

func isDown(c *Cloud, was int64) bool {
	pid := c.databasePID.Load()
	return pid == was || pid == 0
}

func TestDatabaseComesBack(t *testing.T) {
	var progress lines
	seeded := 0
	c := startWithDatabase(t, func(o *Options) {
		o.Fresh, o.Progress = true, &progress
		o.Seed = func(context.Context, string, string) error { seeded++; return nil }
	})
	where := c.endpoint
	killDatabase(t, c)
	resp, body := get(t, c.URL()+"/calls/chain")
	if resp.StatusCode != 200 || c.endpoint != where {
		t.Errorf("%d %s, database at %s, want %s", resp.StatusCode, body, c.endpoint, where)
	}
	if seeded != 2 {
		t.Errorf("seeded %d times, want 2: the data in memory is lost", seeded)
	}
	if said := progress.text(); !strings.Contains(said, "ended unexpectedly (signal: killed)") || !strings.Contains(said, "its data is lost") {
		t.Errorf("progress:\n%s", said)
	}
}

func TestDatabaseOnDiskComesBackAsItWas(t *testing.T) {
	seeded := 0
	c := startWithDatabase(t, func(o *Options) {
		o.Seed = func(context.Context, string, string) error { seeded++; return nil }
	})
	killDatabase(t, c)
	if resp, body := get(t, c.URL()+"/calls/chain"); resp.StatusCode != 200 || seeded != 1 {
		t.Errorf("%d %s, seeded %d times", resp.StatusCode, body, seeded)
	}
}

func TestDatabaseThatDiesAgainAndAgainEndsTheCloud(t *testing.T) {
	c := startWithDatabase(t, func(o *Options) { o.Fresh = true })
	// On a busy machine, a database may live longer than shortLife, so kill it until the
	// cloud gives up.
	for kills := 0; len(c.failed) == 0; kills++ {
		if kills == 10*maxDeaths {
			t.Fatal("the cloud keeps running")
		}
		killDatabase(t, c)
	}
	if err := c.Wait(); err == nil || !strings.Contains(err.Error(), "the 5th time in a row") {
		t.Errorf("it ended with %v", err)
	}
}

// lines collects the output of concurrent writers.
type lines struct {
	mu   sync.Mutex
	said strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}
