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

// TableName is what the functions are told: SAM takes a table's logical id for
// its name.
const TableName = "Table"

// Local is a repository whose functions SAM runs on this machine.
type Local struct {
	root     string
	endpoint string // of DynamoDB, as this machine sees it
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

// Functions are those of the template.
func (l *Local) Functions() []template.Function { return l.template.Functions }

// Seed makes the tables, with the demo data in them.
func (l *Local) Seed(ctx context.Context) error {
	for _, declared := range l.template.Tables {
		if err := table.Ensure(ctx, l.endpoint, declared); err != nil {
			return err
		}
	}
	return demo.Seed(ctx, store.New(storetable.New(storetable.Emulator(l.endpoint), TableName)))
}

// command is `sam local …`, in SAM's environment.
func (l *Local) command(arguments ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(l.root, Binary), l.arguments(arguments...)...)
	c.Dir = l.root
	c.Env = l.environment()
	return c
}

// Binary is where the Makefile puts the SAM CLI, in the repository.
const Binary = ".tools/sam-venv/bin/sam"

// InvokeLine is a command line that invokes a function with its sample event.
func (l *Local) InvokeLine(f template.Function) string {
	line := append([]string{Binary}, l.arguments(invocation(f)...)...)
	return "AWS_EC2_METADATA_DISABLED=true " + strings.Join(line, " ")
}
