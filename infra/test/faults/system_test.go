package faults

import (
	"context"
	"flag"
	"os"
	"sync"
	"testing"
)

// The systems under test: one with its database in memory, one whose data survives a
// crash of the database.
var inMemory, onDisk lazily

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	inMemory.end()
	onDisk.end()
	os.Exit(code)
}

// lazily is a system that the first test to need it starts.
type lazily struct {
	once   sync.Once
	system *System
	err    error
}

func (l *lazily) get(t *testing.T) *System {
	t.Helper()
	l.once.Do(func() { l.system, l.err = Start(context.Background(), Root, l == &inMemory, os.Stderr) })
	if l.err != nil {
		t.Fatal(l.err)
	}
	return l.system
}

func (l *lazily) end() {
	if l.system != nil {
		l.system.End()
	}
}
