package sam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"livechat/infra/local/template"
)

func invocation(f template.Function) []string {
	return []string{"invoke", f.ID, "--event", filepath.Join("infra", "events", filepath.Base(f.Code)+".json")}
}

// Invoke runs the function with its sample event in a new container, and returns the
// result.
func (l *Local) Invoke(f template.Function) (json.RawMessage, error) {
	c := l.command(invocation(f)...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("sam local invoke %s: %w\n%s", f.ID, err, stderr.Bytes())
	}
	if !json.Valid(out) {
		return nil, fmt.Errorf("sam local invoke %s did not print JSON: %q\n%s", f.ID, out, stderr.Bytes())
	}
	return out, nil
}
