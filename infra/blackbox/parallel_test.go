package blackbox

import (
	"net/http"
	"sync"
	"testing"
)

// atOnce sends the same number of requests as there are paths, all together.
func atOnce(t *testing.T, paths []string) []answer {
	t.Helper()
	answers := make([]answer, len(paths))
	var all sync.WaitGroup
	for i, path := range paths {
		all.Go(func() {
			a, err := try(http.MethodGet, path, "")
			if err != nil {
				t.Error(err)
			}
			answers[i] = a
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return answers
}

func TestParallelFirstCallsMakeOneRoomAcrossProcesses(t *testing.T) {
	for range 10 {
		token, _ := register(t)
		paths := make([]string, 16)
		for i := range paths {
			paths[i] = api + "room?token=" + token
		}
		rooms, opened := map[any]bool{}, 0
		for _, a := range atOnce(t, paths) {
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			rooms[member(t, a.body, "room", "_id")] = true
			if member(t, a.body, "newRoom") == true {
				opened++
			}
		}
		if len(rooms) != 1 || opened != 1 {
			t.Fatalf("%d rooms, %d of them new", len(rooms), opened)
		}
	}
}

func TestManyVisitorsAtOnceAllGetARoomAcrossProcesses(t *testing.T) {
	const visitors = 200
	paths := make([]string, visitors)
	for i := range paths {
		token, _ := register(t)
		paths[i] = api + "room?token=" + token
	}
	rooms := map[any]bool{}
	for _, a := range atOnce(t, paths) {
		if a.status != 200 || member(t, a.body, "newRoom") != true {
			t.Fatalf("%d %s", a.status, a.body)
		}
		rooms[member(t, a.body, "room", "_id")] = true
	}
	if len(rooms) != visitors {
		t.Errorf("%d rooms", len(rooms))
	}
}
