// Command local runs the whole cloud on a laptop: the built functions, the HTTP API in
// front of them and the database, all from template.yaml.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

func main() {
	var f flags
	dropEmpty()
	kong.Parse(&f, kong.Name("local"), kong.Description(description))
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "local: error:", err)
		os.Exit(1)
	}
}
