package faults

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/infra/local/cloud"
	"livechat/shared/livechat"
)

// Laptop is a laptop cloud in its own process, as `make run` starts it, so that its
// memory can be measured.
type Laptop struct {
	*System
	process *exec.Cmd
}

// StartLaptop builds and starts a laptop cloud.
func StartLaptop(ctx context.Context, root string) (*Laptop, error) {
	folder, err := os.MkdirTemp("", "livechat-load-")
	if err != nil {
		return nil, err
	}
	l := &Laptop{System: &System{folder: folder, client: newClient()}}
	if err := l.run(ctx, root); err != nil {
		l.End()
		return nil, err
	}
	return l, nil
}

func (l *Laptop) run(ctx context.Context, root string) error {
	program := filepath.Join(l.folder, "livechat-local")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./infra/local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the cloud: %w: %s", err, out)
	}
	arguments := []string{"--no-watch"}
	for name, value := range cloud.Unthrottled() {
		arguments = append(arguments, "--parameter", name+"="+value)
	}
	l.process = exec.Command(program, arguments...) // End ends it
	l.process.Dir = root
	l.process.Env = append(os.Environ(), "PORT=0", "FRESH=1", "DATA="+filepath.Join(l.folder, "data"), "AWS_ENDPOINT_URL_DYNAMODB=")
	output, err := l.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := l.process.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if url, ready := strings.CutPrefix(lines.Text(), "ready: "); ready {
			l.URL = url
			return nil
		}
	}
	return errors.New("the cloud ended before it was ready")
}

// End ends the cloud's processes.
func (l *Laptop) End() {
	if l.process != nil && l.process.Process != nil {
		_ = l.process.Process.Signal(syscall.SIGTERM) // fails if it has ended
		_ = l.process.Wait()                          // the signal ended it
	}
	_ = os.RemoveAll(l.folder) // it is in the temporary folder
}

// Load is the result of a load.
type Load struct {
	Row
	Violations  []Violation
	Began, Then Memory
	Took        time.Duration
}

func (l Load) String() string {
	return fmt.Sprintf("%d calls in %.0f s, %.0f a second; %d acknowledged, %d refused by a rule, %d failed because of a fault; the slowest took %.1f s\n"+
		"memory after the warm-up: %s\nmemory at the end:        %s",
		l.Tried, l.Took.Seconds(), float64(l.Tried)/l.Took.Seconds(), l.Done, l.Refused, l.Honest, l.Slowest.Seconds(), l.Began, l.Then)
}

// Load runs clients for the duration lasts, after a warm-up of a fifth of that duration.
func (l *Laptop) Load(ctx context.Context, clients int, lasts time.Duration, seed uint64, progress io.Writer) (Load, error) {
	if _, err := l.runVisits(ctx, clients, lasts/5, seed); err != nil {
		return Load{}, err
	}
	var load Load
	var err error
	if load.Began, err = memoryOf(l.process.Process.Pid); err != nil {
		return load, err
	}
	fmt.Fprintf(progress, "warmed up: %s\n", load.Began)
	began := time.Now()
	t, err := l.runVisits(ctx, clients, lasts, seed+1)
	if err != nil {
		return load, err
	}
	load.Took, load.Row, load.Violations = time.Since(began), t.row, t.violations
	load.Then, err = memoryOf(l.process.Process.Pid)
	return load, err
}

func (l *Laptop) runVisits(ctx context.Context, clients int, lasts time.Duration, seed uint64) (*tally, error) {
	working, stop := context.WithTimeout(ctx, lasts)
	defer stop()
	t := &tally{row: Row{Fault: "load"}}
	l.runClients(working, clients, seed, func() *visit { return &visit{tally: t, noFaults: true} })
	return t, ctx.Err()
}

// OpenConcurrently registers visitors and opens each visitor's room several times, with limit
// parallel calls. A call that the machine is too slow to answer in time is repeated. It
// returns the answers by the visitor's token.
func (s *System) OpenConcurrently(ctx context.Context, visitors, times, limit int) (map[string][]opened, error) {
	v := &visit{system: s, tally: new(tally), began: time.Now()}
	tokens := make([]string, visitors)
	var registering errgroup.Group
	registering.SetLimit(16)
	for i := range tokens {
		tokens[i] = livechat.NewID()
		registering.Go(func() error { return v.register(ctx, &visitor{token: tokens[i]}) })
	}
	err := registering.Wait()
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	if len(v.tally.violations) > 0 {
		return nil, fmt.Errorf("register: %s", v.tally.violations[0])
	}
	answers := map[string][]opened{}
	var lock sync.Mutex
	var opening errgroup.Group
	opening.SetLimit(limit)
	for _, token := range tokens {
		for range times {
			opening.Go(func() error {
				a, tries := v.callUntilKnown(ctx, http.MethodGet, api+"room?token="+token, nil)
				o := opened{tries: tries}
				if a.outcome != acknowledged || a.into(&o) != nil {
					return fmt.Errorf("open a room: %s", a)
				}
				lock.Lock()
				defer lock.Unlock()
				answers[token] = append(answers[token], o)
				return nil
			})
		}
	}
	return answers, opening.Wait()
}
