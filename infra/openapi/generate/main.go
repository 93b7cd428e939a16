// Command generate creates two files that the service serves, from the API description.
// They are the document for programs and the page for people.
//
//	go run ./infra/openapi/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"livechat/infra/openapi"
	"livechat/infra/openapi/page"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate creates the files in the repository at root.
func generate(root string) error {
	d, err := openapi.Read(filepath.Join(root, "infra", "openapi.yaml"))
	if err != nil {
		return err
	}
	written, err := page.Write(d)
	if err != nil {
		return err
	}
	web := filepath.Join(root, "shared", "web")
	if err := os.WriteFile(filepath.Join(web, "docs.html"), written, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(web, "openapi.json"), append(d.JSON(), '\n'), 0o644)
}
