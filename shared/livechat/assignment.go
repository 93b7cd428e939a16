package livechat

// Take returns the room served by agent, with the message that the agent joined.
func (r Room) Take(agent Agent, newID func() string, now Time) Change {
	return Change{Room: r}.take(agent, newID, now)
}

func (c Change) take(agent Agent, newID func() string, now Time) Change {
	c.Room.ServedBy = &ServedBy{ID: agent.ID, Username: agent.Username, Ts: now}
	c.Room.UsersCount = 2
	return c.Post(systemMessage(MessageJoined, agent.author(), agent.Username, now), newID)
}

// release returns the room without its agent, with the message that the agent left.
func (c Change) release(newID func() string, now Time) Change {
	served := c.Room.ServedBy
	if served == nil {
		return c
	}
	who := Author{ID: served.ID, Username: served.Username}
	c.Room.ServedBy, c.Room.UsersCount = nil, 1
	return c.Post(systemMessage(MessageLeft, who, who.Username, now), newID)
}

// Target is the agent or department to which a room is forwarded. If Department is set,
// Agent is the agent who takes the room there, or nil if the room waits in the
// department's queue.
type Target struct {
	Agent      *Agent
	Department *Department
}

// Transfer says who forwarded a room to whom.
type Transfer struct {
	// Scope is ScopeAgent or ScopeDepartment.
	Scope              string         `json:"scope"`
	Comment            string         `json:"comment,omitempty"`
	TransferredBy      Author         `json:"transferredBy"`
	TransferredTo      *Author        `json:"transferredTo,omitempty"`
	PreviousDepartment string         `json:"previousDepartment,omitempty"`
	NextDepartment     *DepartmentRef `json:"nextDepartment,omitempty"`
}

// DepartmentRef is the department that a room was forwarded to.
type DepartmentRef struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
}

// The values of Transfer.Scope.
const (
	ScopeAgent      = "agent"
	ScopeDepartment = "department"
)

// Forward returns the forwarded room with its system messages: the transfer, the former
// agent's leaving, the new agent's joining.
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

// Route returns the agent who takes a room, and the department in which the agent takes
// it. If nobody is online in the department, Route tries the department's fallback, then
// the fallback's fallback, and so on, each department once. If nobody is online in any of
// these departments, Route returns false and the original department, where the room
// waits. choose picks among several agents.
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
