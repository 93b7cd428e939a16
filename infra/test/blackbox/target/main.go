package target

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// Main runs a package's tests on the system that open returns: Open or Laptop. It stores
// the system in s. root is the path of the repository.
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
