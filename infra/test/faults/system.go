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
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// System is a laptop cloud with its own database, so that the database can be killed.
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

// surveySettings let surveys be sent soon after closing, to every visitor.
var surveySettings = map[string]string{
	"surveyDelayMinutes": "1", "surveyMinDays": "0", "surveyOnlyIf": settings.OnlyIfAny, "surveyOnReturn": settings.OnReturnHold,
}

// Start starts a system. root is the path of the repository. fresh keeps the database in
// memory. log receives progress lines.
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

// newClient returns a client that allows many parallel calls.
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

// End ends all processes of the system.
func (s *System) End() {
	s.cloud.Close()
	_ = os.RemoveAll(s.folder) // it is in the temporary folder
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

// Clear removes all faults.
func (s *System) Clear(ctx context.Context) error {
	_, err := s.local(ctx, http.MethodDelete, "faults", "")
	return err
}

// Advance moves the clock and returns after everything that fell due has run.
func (s *System) Advance(ctx context.Context, by string) error {
	_, err := s.local(ctx, http.MethodPost, "clock", `{"advance":"`+by+`"}`)
	return err
}

// KillDatabase kills the database; the cloud restarts it.
func (s *System) KillDatabase(ctx context.Context) error {
	var database struct {
		PID int `json:"pid"`
	}
	if err := s.read(ctx, "database", &database); err != nil {
		return err
	}
	if database.PID == 0 {
		return nil // it is still dead
	}
	err := syscall.Kill(database.PID, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has just died
	}
	return err
}

// Mails returns the sent mails.
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

// local calls a path below /_local/.
func (s *System) local(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL+"/_local/"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	// Runs that fall due take time, especially under faults, so there is no time-out.
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

// Root is the path from this package to the repository.
var Root = filepath.Join("..", "..", "..")
