//go:build unix && !linux

package process

// Peak is 0: this system does not tell of a process that runs.
func (p *Process) Peak() (int64, error) { return 0, nil }
