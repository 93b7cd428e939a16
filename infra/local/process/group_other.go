//go:build unix && !linux

package process

import "syscall"

// OwnGroup keeps a terminal's Ctrl-C from the child, which we end in our own
// order.
func OwnGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
