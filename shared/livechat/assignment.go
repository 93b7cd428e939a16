package livechat

// Take returns the room with the agent serving it, who joins it.
func (r Room) Take(agent Agent, newID func() string, now Time) Change {
	return Change{Room: r}.take(agent, newID, now)
}

func (c Change) take(agent Agent, newID func() string, now Time) Change {
	c.Room.ServedBy = &ServedBy{ID: agent.ID, Username: agent.Username, Ts: now}
	c.Room.UsersCount = 2
	return c.Post(systemMessage(MessageJoined, agent.author(), agent.Username, now), newID)
}

// release returns the room without its agent.
func (c Change) release(newID func() string, now Time) Change {
	served := c.Room.ServedBy
	if served == nil {
		return c
	}
	who := Author{ID: served.ID, Username: served.Username}
	c.Room.ServedBy, c.Room.UsersCount = nil, 1
	return c.Post(systemMessage(MessageLeft, who, who.Username, now), newID)
}

// Target is where a room is forwarded to: to an agent, or to a department with
// the agent who takes it there; nil for one who waits for somebody to come.
type Target struct {
	Agent      *Agent
	Department *Department
}

// Transfer tells who gave a room to whom.
type Transfer struct {
	// Scope is ScopeAgent or ScopeDepartment.
	Scope              string         `json:"scope"`
	Comment            string         `json:"comment,omitempty"`
	TransferredBy      Author         `json:"transferredBy"`
	TransferredTo      *Author        `json:"transferredTo,omitempty"`
	PreviousDepartment string         `json:"previousDepartment,omitempty"`
	NextDepartment     *DepartmentRef `json:"nextDepartment,omitempty"`
}

// DepartmentRef is the department that a room went to.
type DepartmentRef struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
}

// The values of Transfer.Scope.
const (
	ScopeAgent      = "agent"
	ScopeDepartment = "department"
)

// Forward returns the forwarded room, with the messages that tell of it: the
// transfer, who left, who joined.
func (r Room) Forward(to Target, by User, comment string, newID func() string, now Time) Change {
	transfer := Transfer{
		Scope: ScopeAgent, Comment: comment, TransferredBy: by.author(), PreviousDepartment: r.DepartmentID,
	}
	if to.Agent != nil {
		who := to.Agent.author()
		transfer.TransferredTo = &who
	}
	if to.Department != nil {
		transfer.Scope, transfer.NextDepartment = ScopeDepartment, &DepartmentRef{ID: to.Department.ID, Name: to.Department.Name}
		r.DepartmentID = to.Department.ID
	}
	m := systemMessage(MessageTransferred, by.author(), "", now)
	m.Transfer = &transfer
	c := Change{Room: r}.Post(m, newID).release(newID, now)
	if to.Agent != nil {
		return c.take(*to.Agent, newID, now)
	}
	c.Room.QueuedAt = now
	return c
}

// Route returns who takes a room of the department, and in which department:
// if nobody is online there, the department's fallback is tried, then that one's,
// once each. It returns false when nobody is online; the room then waits in the
// department it was meant for. choose picks one of several.
func Route(agents []Agent, departments []Department, department, wanted string, choose Choice) (Agent, string, bool) {
	if agent, online := PickAgent(agents, department, wanted, choose); online {
		return agent, department, true
	}
	asked := map[string]bool{"": true, department: true}
	for at := department; ; {
		d, _ := FindDepartment(departments, at)
		if at = d.Fallback; asked[at] {
			return Agent{}, department, false
		}
		asked[at] = true
		if agent, online := PickAgent(agents, at, "", choose); online {
			return agent, at, true
		}
	}
}
