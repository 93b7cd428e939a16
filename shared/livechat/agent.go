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
	// Departments lists the ids of the departments that the agent works in.
	Departments []string `json:"departments,omitempty"`
	// OpenRooms is the agent's load as it was counted for routing. It is not stored.
	OpenRooms int `json:"-"`
}

// ErrInvalidAgent means that no agent has the id, or that nobody serves the room.
var ErrInvalidAgent = NewRefusal("invalid-agent")

// The values of Agent.Status.
const (
	Available    = "available"
	NotAvailable = "not-available"
)

// Online reports whether the agent takes rooms.
func (a Agent) Online() bool { return a.Status == Available }

// WorksIn reports whether the agent takes rooms of the department. Every agent takes
// rooms without a department.
func (a Agent) WorksIn(department string) bool {
	return department == "" || slices.Contains(a.Departments, department)
}

// Choice picks the agent to serve a room from a non-empty list of candidates.
type Choice func([]Agent) Agent

// LeastBusy picks the agent with the fewest open rooms. The username breaks ties.
func LeastBusy(agents []Agent) Agent { return agents[leastBusy(agents)] }

// LeastBusyAfter simulates giving each of the rooms to the least busy agent, and then
// picks the least busy agent.
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

// PickAgent returns the wanted agent if online. Otherwise, choose picks among the
// department's online agents. PickAgent returns false if no agent of the department is
// online.
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

// Department is a part of the support team that visitors can choose.
type Department struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
	// Fallback is the id of the department that takes new rooms while no agent of this
	// department is online. It is empty if there is no fallback.
	Fallback string `json:"fallbackForwardDepartment,omitempty"`
	// Hidden leaves the department out of the list that visitors choose from.
	Hidden bool `json:"hidden,omitempty"`
}

// FindDepartment returns the department whose id is idOrName, or else the first one whose
// name is idOrName.
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
