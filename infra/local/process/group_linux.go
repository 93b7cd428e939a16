package process

import "syscall"

// OwnGroup keeps a terminal's Ctrl-C from the child, which we end in our own
// order, and has the kernel end it should we be killed. (Linux means the
// starting thread by "parent"; Go ends a thread only when a goroutine locked to
// it ends, and ours lock none.)
func OwnGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
