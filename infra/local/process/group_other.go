//go:build unix && !linux

package process

import "syscall"

// OwnGroup keeps a terminal's Ctrl-C from the child, so that this process ends its
// children in its own order.
func OwnGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
