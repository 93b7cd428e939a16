// Package cloud assembles the laptop cloud from its parts, which the other packages of
// infra/local implement. These are the database, functions, gateway, schedules, mailbox,
// and the pages under /_local/. Package cloud starts them and shuts them down in the
// right order.
package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	dynamodblocal "livechat/infra/dynamodb-local"
	"livechat/infra/local/build"
	"livechat/infra/local/clock"
	"livechat/infra/local/console"
	"livechat/infra/local/data"
	"livechat/infra/local/database"
	"livechat/infra/local/fault"
	"livechat/infra/local/iam"
	"livechat/infra/local/mail"
	"livechat/infra/local/runtime"
	"livechat/infra/local/schedule"
	"livechat/infra/local/template"
	"livechat/infra/openapi"
)

// Options configures a cloud.
type Options struct {
	// Root is the repository, which contains template.yaml and functions/.
	Root string
	// Port is the port to serve on; 0 selects a free port.
	Port int
	// Data is the folder for the database and the binaries.
	Data string
	// Fresh keeps the database in memory. It is empty at each start.
	Fresh bool
	// DatabaseEndpoint is the address of a running database. If it is empty, the cloud
	// starts a database.
	DatabaseEndpoint string
	// TableName lets several clouds share one database. If it is empty, the table's
	// logical id is used.
	TableName string
	// Parameters override the template's defaults.
	Parameters map[string]string
	// Watch rebuilds functions when their sources change.
	Watch bool
	// Race builds the functions with the race detector.
	Race bool
	// Seed fills the table. It is called on every start.
	Seed func(ctx context.Context, endpoint, table string) error
	// Log receives the functions' output and the parts' events. Progress receives the
	// steps of the start. A nil writer discards them.
	Log, Progress io.Writer
}

// Unthrottled returns parameters with the highest rate limits that the template allows.
// Tests and programs use them to make more calls than visitors do.
func Unthrottled() map[string]string {
	return map[string]string{"ReadRate": "10000", "ReadBurst": "5000", "WriteRate": "10000", "WriteBurst": "5000"}
}

// Cloud is a running laptop cloud.
type Cloud struct {
	o        Options
	log      *journal
	progress *journal

	listeners *listeners
	folder    *data.Folder
	template  *template.Template
	// described checks an answer against the API description, see gateway.Options.
	described func(method, path string, status int, header http.Header, body []byte) error
	endpoint  string // of the database
	// databaseOptions are used to restart the database, if this cloud started it.
	databaseOptions dynamodblocal.Options
	databasePID     atomic.Int64 // 0 while this cloud runs no database
	databaseDown    atomic.Bool
	builder         build.Builder
	broken          bool // the last rebuild failed; only the watcher reads and writes it
	roles           *iam.Roles
	proxy           *database.Proxy
	clock           clock.Clock
	mailbox         *mail.Mailbox
	scheduler       *schedule.Scheduler
	hook            console.WebhookSink
	history         console.History
	faults          fault.List

	mu       sync.Mutex
	binaries build.Binaries
	built    map[string]time.Time // by code folder
	pools    map[string]*runtime.Pool

	closers []func() // in start order
	closing sync.Once
	closed  chan struct{}
	failed  chan error // holds the first error
}

// Start starts a cloud and returns when all parts are ready.
func Start(ctx context.Context, o Options) (*Cloud, error) {
	c := &Cloud{
		o:        o,
		log:      newJournal(o.Log),
		progress: newJournal(o.Progress),
		built:    map[string]time.Time{},
		pools:    map[string]*runtime.Pool{},
		closed:   make(chan struct{}),
		failed:   make(chan error, 1),
	}
	if err := c.start(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// URL returns the address of the HTTP API.
func (c *Cloud) URL() string { return c.listeners.url() }

// Close ends all child processes and waits until they have ended. It may be called more
// than once.
func (c *Cloud) Close() {
	c.closing.Do(func() {
		for i := len(c.closers) - 1; i >= 0; i-- {
			c.closers[i]()
		}
		close(c.closed)
	})
	<-c.closed
}

// Wait waits until the cloud is closed or cannot continue. It returns nil after Close,
// and otherwise the reason. The caller must call Close in both cases, because child
// processes may still be running.
func (c *Cloud) Wait() error {
	select {
	case err := <-c.failed:
		return err
	case <-c.closed:
		return nil
	}
}

// start runs the steps in order. Fast steps that often fail come before slow steps.
func (c *Cloud) start(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		c.listen, c.readTemplate, c.readDescription, c.readRoles, c.openFolder,
		c.startDatabaseAndBuild, c.ensureTables, c.seed,
		c.startProxy, c.startMailbox, c.openPools, c.watch, c.startScheduler, c.serve,
	} {
		if err := step(ctx); err != nil {
			return err
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cloud) onClose(f func()) { c.closers = append(c.closers, f) }

// fail ends the cloud with err. Only the first error counts.
func (c *Cloud) fail(err error) {
	select {
	case c.failed <- err:
	default:
	}
}

func (c *Cloud) listen(context.Context) error {
	l, err := listen(c.o.Port)
	if err != nil {
		return err
	}
	c.listeners = l
	c.onClose(l.close)
	return nil
}

// tableID is the table's logical id. It is also the table's name, unless TableName is
// set.
const tableID = "Table"

func (c *Cloud) readTemplate(context.Context) error {
	t, err := template.Read(c.templatePath(), template.Options{
		Parameters: c.o.Parameters,
		Laptop: map[string]string{
			// MailIdentity is the sender domain. The mailbox accepts it without
			// verification.
			"MailIdentity": "example.com",
			// Programs that are used to try out the service send all their calls at once.
			"WriteBurst": "1000",
		},
		Names: map[string]string{tableID: c.o.TableName},
		URL:   c.URL(),
	})
	if err != nil {
		return err
	}
	if len(t.Functions) == 0 {
		return errors.New("the template declares no functions")
	}
	c.template = t
	return nil
}

// readDescription reads the OpenAPI document against which answers are checked. It is
// optional.
func (c *Cloud) readDescription(context.Context) error {
	path := filepath.Join(c.o.Root, "infra", "openapi.yaml")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	document, err := openapi.Read(path)
	if err != nil {
		return fmt.Errorf("read the API description: %w", err)
	}
	c.described = document.CheckAnswer
	return nil
}

func (c *Cloud) openFolder(context.Context) error {
	folder, err := data.Open(c.o.Data)
	if err != nil {
		return err
	}
	c.folder = folder
	c.onClose(folder.Close)
	return nil
}

func (c *Cloud) table() string {
	if c.o.TableName != "" {
		return c.o.TableName
	}
	return tableID
}

func (c *Cloud) seed(ctx context.Context) error {
	if c.o.Seed == nil {
		return nil
	}
	c.progress.line("demo data …")
	if err := c.o.Seed(ctx, c.endpoint, c.table()); err != nil {
		return fmt.Errorf("seed the demo data: %w", err)
	}
	return nil
}
