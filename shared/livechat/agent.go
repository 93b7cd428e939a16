package livechat

import "slices"

// Agent is a user who answers visitors.
type Agent struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"name,omitempty"`
	Status   string `json:"status"`
	// Departments are the ids of those the agent works in.
	Departments []string `json:"departments,omitempty"`
	// OpenRooms is the agent's load. It guides routing and may drift: opening
	// a room never waits for it.
	OpenRooms int `json:"openRooms"`
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

// PickAgent returns who shall serve a new room: the wanted agent if online,
// else the online agent of the department with the fewest open rooms, ties by
// username. False when nobody is there.
func PickAgent(agents []Agent, department, wanted string) (Agent, bool) {
	var best Agent
	found := false
	for _, a := range agents {
		if !a.Online() {
			continue
		}
		if wanted != "" && a.ID == wanted {
			return a, true
		}
		if a.WorksIn(department) && (!found || busier(best, a)) {
			best, found = a, true
		}
	}
	return best, found
}

func busier(a, b Agent) bool {
	if a.OpenRooms != b.OpenRooms {
		return a.OpenRooms > b.OpenRooms
	}
	return a.Username > b.Username
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
