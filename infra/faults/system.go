package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/infra/local/mail"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// System is a laptop cloud of one's own, whose database is its own, too, so that it
// can be killed.
type System struct {
	URL string

	cloud  *cloud.Cloud
	folder string
	client *http.Client

	seeding sync.Once

	store    *store.Store
	endpoint string // of the database
	name     string // of the table
}

// surveySettings have each closed room's visitor asked soon, and nobody spared.
var surveySettings = map[string]string{
	"surveyDelayMinutes": "1", "surveyMinDays": "0", "surveyOnlyIf": livechat.OnlyIfAny, "surveyOnReturn": livechat.OnReturnHold,
}

// Start starts one. root is the way to the repository; fresh has the database in
// memory. What goes on is told to log.
func Start(ctx context.Context, root string, fresh bool, log io.Writer) (*System, error) {
	folder, err := os.MkdirTemp("", "livechat-faults-")
	if err != nil {
		return nil, err
	}
	s := &System{folder: folder, client: newClient()}
	s.cloud, err = cloud.Start(ctx, cloud.Options{
		Root: root, Data: folder, Fresh: fresh, Progress: log, Parameters: cloud.Unthrottled(),
		Seed: func(ctx context.Context, endpoint, name string) error {
			s.seeding.Do(func() {
				s.endpoint, s.name = endpoint, name
				s.store = store.New(table.New(table.Emulator(endpoint), name))
			})
			return s.seed(ctx)
		},
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s.URL = s.cloud.URL()
	return s, nil
}

// newClient is of many people.
func newClient() *http.Client {
	return &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConnsPerHost: 1000, MaxConnsPerHost: 1000},
	}
}

func (s *System) seed(ctx context.Context) error {
	if err := demo.Seed(ctx, s.store); err != nil {
		return err
	}
	for name, value := range surveySettings {
		if err := s.store.SetSetting(ctx, name, "", value); err != nil {
			return err
		}
	}
	return nil
}

// End ends every process of it.
func (s *System) End() {
	s.cloud.Close()
	_ = os.RemoveAll(s.folder) // the system's temporary folder
}

// Inject puts faults in force.
func (s *System) Inject(ctx context.Context, faults ...string) error {
	for _, f := range faults {
		if _, err := s.local(ctx, http.MethodPost, "faults", f); err != nil {
			return err
		}
	}
	return nil
}

// Clear has everything work again.
func (s *System) Clear(ctx context.Context) error {
	_, err := s.local(ctx, http.MethodDelete, "faults", "")
	return err
}

// Advance moves the clock, and returns when what fell due has run.
func (s *System) Advance(ctx context.Context, by string) error {
	_, err := s.local(ctx, http.MethodPost, "clock", `{"advance":"`+by+`"}`)
	return err
}

// KillDatabase ends the database without a word; the cloud starts it again.
func (s *System) KillDatabase(ctx context.Context) error {
	var database struct {
		PID int `json:"pid"`
	}
	if err := s.read(ctx, "database", &database); err != nil {
		return err
	}
	if database.PID == 0 {
		return nil // it is dead still
	}
	err := syscall.Kill(database.PID, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil // by now
	}
	return err
}

// Mails are those that were sent.
func (s *System) Mails(ctx context.Context) ([]mail.Mail, error) {
	var outbox struct {
		Messages []mail.Mail `json:"messages"`
	}
	err := s.read(ctx, "outbox", &outbox)
	return outbox.Messages, err
}

func (s *System) read(ctx context.Context, path string, into any) error {
	text, err := s.local(ctx, http.MethodGet, path, "")
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// local is a call below /_local/.
func (s *System) local(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL+"/_local/"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	// What falls due may take its time, under faults all the more.
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return text, err
}

// Root is the way from this package to the repository.
var Root = filepath.Join("..", "..")
