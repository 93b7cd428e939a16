package blackbox

import (
	"net/http"
	"sync"
	"testing"

	"livechat/infra/test/blackbox/target"
)

// atOnce sends a request to each path, all concurrently.
func atOnce(t *testing.T, paths []string) []target.Answer {
	t.Helper()
	answers := make([]target.Answer, len(paths))
	var all sync.WaitGroup
	for i, path := range paths {
		all.Go(func() {
			a, err := system.Try(http.MethodGet, path, "")
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
		token, _ := system.Register(t)
		paths := make([]string, 16)
		for i := range paths {
			paths[i] = api + "room?token=" + token
		}
		rooms, opened := map[any]bool{}, 0
		for _, a := range atOnce(t, paths) {
			if a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			rooms[a.Member(t, "room", "_id")] = true
			if a.Member(t, "newRoom") == true {
				opened++
			}
		}
		if len(rooms) != 1 || opened != 1 {
			t.Fatalf("%d rooms, %d of them new", len(rooms), opened)
		}
	}
}

func TestManyVisitorsAtOnceAllGetARoomAcrossProcesses(t *testing.T) {
	visitors := system.Many(200)
	paths := make([]string, visitors)
	for i := range paths {
		token, _ := system.Register(t)
		paths[i] = api + "room?token=" + token
	}
	rooms, served := map[any]bool{}, map[any]int{}
	for _, a := range atOnce(t, paths) {
		if a.Status != 200 || a.Member(t, "newRoom") != true {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		rooms[a.Member(t, "room", "_id")] = true
		served[a.Member(t, "room", "servedBy", "_id")]++
	}
	t.Logf("rooms by agent: %v", served)
	for agent, n := range served {
		if n > visitors*6/10 {
			t.Errorf("%v has %d of %d rooms", agent, n, visitors)
		}
	}
	if len(rooms) != visitors {
		t.Errorf("%d rooms", len(rooms))
	}
}
