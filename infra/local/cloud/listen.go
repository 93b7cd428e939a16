package cloud

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// listeners listen only on loopback addresses, because the laptop cloud has no access
// control.
type listeners struct {
	port int
	all  []net.Listener
}

// listen listens on 127.0.0.1 and, where IPv6 is available, on ::1, because localhost may
// resolve to either address.
func listen(port int) (*listeners, error) {
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, listenError(port, err)
	}
	l := &listeners{port: v4.Addr().(*net.TCPAddr).Port, all: []net.Listener{v4}}
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(l.port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		l.close()
		return nil, listenError(l.port, err)
	}
	if err == nil {
		l.all = append(l.all, v6)
	}
	return l, nil
}

func listenError(port int, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is in use; choose another: PORT=%d make run", port, port+1)
	}
	return fmt.Errorf("listen on port %d: %w", port, err)
}

func (l *listeners) url() string { return "http://localhost:" + strconv.Itoa(l.port) }

func (l *listeners) close() {
	for _, listener := range l.all {
		listener.Close()
	}
}

// hosts returns the host:port pairs of this cloud, separated by commas.
func (l *listeners) hosts() string {
	port := strconv.Itoa(l.port)
	return "localhost:" + port + ",127.0.0.1:" + port
}
