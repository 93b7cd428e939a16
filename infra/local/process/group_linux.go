package process

import "syscall"

// OwnGroup keeps a terminal's Ctrl-C from the child, so that this process ends its
// children in its own order. It also makes the kernel kill the child if this process is
// killed. (On Linux, "parent" means the starting thread. Go ends a thread only when a
// goroutine locked to it ends, and this program locks none.)
func OwnGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
