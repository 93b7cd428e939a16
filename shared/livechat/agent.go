package livechat

import (
	"cmp"
	"slices"
	"strings"
)

// Agent is a user who answers visitors.
type Agent struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"name,omitempty"`
	Status   string `json:"status"`
	// Departments are the ids of those the agent works in.
	Departments []string `json:"departments,omitempty"`
	// OpenRooms is the agent's load, as far as it was counted: it guides routing and
	// is not kept.
	OpenRooms int `json:"-"`
}

// ErrInvalidAgent is the refusal of an id that no agent has, and of a room that
// nobody serves.
var ErrInvalidAgent = Refuse("invalid-agent")

// An agent's status.
const (
	Available    = "available"
	NotAvailable = "not-available"
)

// Online reports whether the agent takes rooms.
func (a Agent) Online() bool { return a.Status == Available }

// WorksIn reports whether the agent takes rooms of the department; every agent
// takes those of none.
func (a Agent) WorksIn(department string) bool {
	return department == "" || slices.Contains(a.Departments, department)
}

// Choice picks the agent who shall serve a room from at least one who can.
type Choice func([]Agent) Agent

// LeastBusy picks the agent with the fewest open rooms, ties by username.
func LeastBusy(agents []Agent) Agent { return agents[leastBusy(agents)] }

// LeastBusyAfter picks who is the least busy agent once each of so many rooms was given
// to the one who was then.
func LeastBusyAfter(rooms int) Choice {
	return func(agents []Agent) Agent {
		loaded := slices.Clone(agents)
		for range rooms {
			loaded[leastBusy(loaded)].OpenRooms++
		}
		return agents[leastBusy(loaded)]
	}
}

func leastBusy(agents []Agent) int {
	least := 0
	for i := range agents {
		if byLoad(agents[i], agents[least]) < 0 {
			least = i
		}
	}
	return least
}

// PickAgent returns the agent who shall serve a new room: the wanted one if online,
// else the one that choose picks among the online agents of the department. It
// returns false when nobody is online.
func PickAgent(agents []Agent, department, wanted string, choose Choice) (Agent, bool) {
	var online []Agent
	for _, a := range agents {
		if !a.Online() {
			continue
		}
		if wanted != "" && a.ID == wanted {
			return a, true
		}
		if a.WorksIn(department) {
			online = append(online, a)
		}
	}
	if len(online) == 0 {
		return Agent{}, false
	}
	return choose(online), true
}

func byLoad(a, b Agent) int {
	return cmp.Or(cmp.Compare(a.OpenRooms, b.OpenRooms), strings.Compare(a.Username, b.Username))
}

// Department is a part of the support team that visitors can ask for.
type Department struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
	// Fallback is the id of the department that takes rooms while nobody here is
	// online; empty for none.
	Fallback string `json:"fallbackForwardDepartment,omitempty"`
	// Hidden keeps it from visitors' choice.
	Hidden bool `json:"hidden,omitempty"`
}

// FindDepartment returns the department with that id or, failing that, name.
func FindDepartment(departments []Department, idOrName string) (Department, bool) {
	for _, d := range departments {
		if d.ID == idOrName {
			return d, true
		}
	}
	for _, d := range departments {
		if d.Name == idOrName {
			return d, true
		}
	}
	return Department{}, false
}
