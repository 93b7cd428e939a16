package cloud

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// journal writes lines from concurrent goroutines without mixing them.
type journal struct {
	mu  sync.Mutex
	out io.Writer
}

func newJournal(out io.Writer) *journal {
	if out == nil {
		out = io.Discard
	}
	return &journal{out: out}
}

func (j *journal) line(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.out, format+"\n", args...)
}

// of returns a function that logs each line of a text with the prefix who.
func (j *journal) of(who string) func(string) {
	return func(text string) {
		for line := range strings.SplitSeq(text, "\n") {
			j.line("%s | %s", who, line)
		}
	}
}

// Write implements io.Writer, for parts that write their own progress lines.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.Write(p)
}
