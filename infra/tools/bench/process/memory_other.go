//go:build unix && !linux

package process

// Peak returns 0, because this system does not report the memory of a running process.
func (p *Process) Peak() (int64, error) { return 0, nil }
