package livechat

// Take returns the room as served by the agent, who joins it, and nobody else
// beside them.
func (r Room) Take(agent Agent, messageID string, now Time) Room {
	r.ServedBy = &ServedBy{ID: agent.ID, Username: agent.Username, Ts: now}
	r.UsersCount = 2
	r.UpdatedAt = max(r.UpdatedAt, now)
	r, _ = r.Append(system(MessageJoined, messageID, agent.author(), agent.Username, now))
	return r
}

// leave returns the room without its agent.
func (r Room) leave(messageID string, now Time) Room {
	if r.ServedBy == nil {
		return r
	}
	who := Author{ID: r.ServedBy.ID, Username: r.ServedBy.Username}
	r.ServedBy, r.UsersCount = nil, 1
	r, _ = r.Append(system(MessageLeft, messageID, who, who.Username, now))
	return r
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
	Scope              string  `json:"scope"`
	Comment            string  `json:"comment,omitempty"`
	TransferredBy      Author  `json:"transferredBy"`
	TransferredTo      *Author `json:"transferredTo,omitempty"`
	PreviousDepartment string  `json:"previousDepartment,omitempty"`
	NextDepartment     *Next   `json:"nextDepartment,omitempty"`
}

// Next is the department that a room went to.
type Next struct {
	ID   string `json:"_id"`
	Name string `json:"name"`
}

// The values of Transfer.Scope.
const (
	ScopeAgent      = "agent"
	ScopeDepartment = "department"
)

// Forward returns the room as it is once forwarded. Its messages say what was
// done: the transfer, who left, who joined.
func (r Room) Forward(to Target, by User, comment string, newID func() string, now Time) Room {
	transfer := Transfer{
		Scope: ScopeAgent, Comment: comment, TransferredBy: by.author(), PreviousDepartment: r.DepartmentID,
	}
	if to.Agent != nil {
		who := to.Agent.author()
		transfer.TransferredTo = &who
	}
	if to.Department != nil {
		transfer.Scope, transfer.NextDepartment = ScopeDepartment, &Next{ID: to.Department.ID, Name: to.Department.Name}
		r.DepartmentID = to.Department.ID
	}
	m := system(MessageTransferred, newID(), by.author(), "", now)
	m.Transfer = &transfer
	r, _ = r.Append(m)
	r = r.leave(newID(), now)
	if to.Agent != nil {
		return r.Take(*to.Agent, newID(), now)
	}
	r.QueuedAt, r.UpdatedAt = now, now
	return r
}

// Route returns who takes a room of the department, and in which department:
// where nobody is online it is the department's fallback that is asked, and
// that one's, once each. False when nobody is there; the room then waits in the
// department it was meant for.
func Route(agents []Agent, departments []Department, department, wanted string) (Agent, string, bool) {
	if agent, online := PickAgent(agents, department, wanted); online {
		return agent, department, true
	}
	asked := map[string]bool{"": true, department: true}
	for at := department; ; {
		d, _ := FindDepartment(departments, at)
		if at = d.Fallback; asked[at] {
			return Agent{}, department, false
		}
		asked[at] = true
		if agent, online := PickAgent(agents, at, ""); online {
			return agent, at, true
		}
	}
}
