package target

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// Main runs a package's tests on a system: Open or Laptop opens it, into s. The
// way to the repository is root.
func Main(m *testing.M, s **System, open func(context.Context, string) (*System, func(), error), root string) {
	opened, end, err := open(context.Background(), root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "blackbox:", err)
		os.Exit(1)
	}
	*s = opened
	code := m.Run()
	if err := opened.Described(); err != nil {
		fmt.Fprintln(os.Stderr, "blackbox:", err)
		code = 1
	}
	if err := opened.Verified(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "blackbox:", err)
		code = 1
	}
	if err := opened.KeptSecret(); err != nil {
		fmt.Fprintln(os.Stderr, "blackbox:", err)
		code = 1
	}
	end()
	os.Exit(code)
}
