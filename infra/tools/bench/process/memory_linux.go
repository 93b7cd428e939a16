package process

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

var highWater = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// Peak returns the process's peak resident memory in bytes.
func (p *Process) Peak() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", p.o.Function.ID, err)
	}
	found := highWater.FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("memory of %s: its status has no VmHWM", p.o.Function.ID)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", p.o.Function.ID, err)
	}
	return kilobytes << 10, nil
}
