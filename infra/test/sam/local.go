package sam

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"

	"livechat/infra/local/demo"
	"livechat/infra/local/table"
	"livechat/infra/local/template"
	"livechat/shared/store"
	storetable "livechat/shared/store/table"
)

// TableName is the table's name for the functions: SAM uses a table's logical id as its
// name.
const TableName = "Table"

// Local is a repository whose functions SAM runs on this machine.
type Local struct {
	root     string
	endpoint string // of DynamoDB, as seen by this machine
	template *template.Template
}

// Open reads the template of the repository at root. The functions will use the
// DynamoDB at endpoint.
func Open(root, endpoint string) (*Local, error) {
	if endpoint == "" {
		return nil, errors.New("no database: AWS_ENDPOINT_URL_DYNAMODB is not set; `make sam-local` and `make test-sam` start one")
	}
	t, err := template.Read(filepath.Join(root, "template.yaml"), template.Options{
		Names: map[string]string{TableName: TableName},
	})
	if err != nil {
		return nil, err
	}
	return &Local{root: root, endpoint: endpoint, template: t}, nil
}

// Functions returns the template's functions.
func (l *Local) Functions() []template.Function { return l.template.Functions }

// Seed creates the tables and stores the demo data.
func (l *Local) Seed(ctx context.Context) error {
	for _, declared := range l.template.Tables {
		if err := table.Ensure(ctx, l.endpoint, declared); err != nil {
			return err
		}
	}
	return demo.Seed(ctx, store.New(storetable.New(storetable.Emulator(l.endpoint), TableName)))
}

// command returns a `sam local` command with SAM's environment.
func (l *Local) command(arguments ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(l.root, Binary), l.arguments(arguments...)...)
	c.Dir = l.root
	c.Env = l.environment()
	return c
}

// Binary is the path of the SAM CLI that the Makefile installs in the repository.
const Binary = ".tools/sam-venv/bin/sam"

// InvokeLine returns a command line that invokes a function with its sample event.
func (l *Local) InvokeLine(f template.Function) string {
	line := append([]string{Binary}, l.arguments(invocation(f)...)...)
	return "AWS_EC2_METADATA_DISABLED=true " + strings.Join(line, " ")
}
