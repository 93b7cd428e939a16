package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is the resident memory of a laptop cloud's processes in MB.
type Memory struct {
	Cloud     float64
	Functions float64 // of one process, on average
	Processes int     // of functions
}

func (m Memory) String() string {
	return fmt.Sprintf("cloud %.0f MB, functions %.1f MB each (%d processes)", m.Cloud, m.Functions, m.Processes)
}

// memoryOf returns the memory of the process cloud and its children, except the database.
// It reads Linux's /proc.
func memoryOf(cloud int) (Memory, error) {
	var m Memory
	var err error
	if m.Cloud, _, err = residentOf(cloud); err != nil {
		return m, err
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return m, err
	}
	sum := 0.0
	for _, folder := range all {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		resident, status, err := residentOf(pid)
		// Other processes may end at any time.
		if err != nil || status["PPid"] != strconv.Itoa(cloud) || status["Name"] == "java" {
			continue
		}
		sum += resident
		m.Processes++
	}
	m.Functions = sum / float64(max(m.Processes, 1))
	return m, nil
}

func residentOf(pid int) (megabytes float64, status map[string]string, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, nil, err
	}
	status = map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		status[name] = strings.TrimSpace(value)
	}
	kilobytes, err := strconv.Atoi(strings.TrimSuffix(status["VmRSS"], " kB"))
	return float64(kilobytes) / 1024, status, err
}
