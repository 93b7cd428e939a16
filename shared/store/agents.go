package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Agents returns all agents. They are read anew each time: their load, which
// routing goes by, changes with every room.
func (s *Store) Agents(ctx context.Context) ([]livechat.Agent, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: partitionAgents})
	if err != nil {
		return nil, fmt.Errorf("agents: %w", err)
	}
	return decodeAll[livechat.Agent](items)
}

// SetAgentStatus makes an agent available or not.
func (s *Store) SetAgentStatus(ctx context.Context, id, status string) error {
	_, err := s.table.Update(ctx, agentKey(id), table.Change{
		Expression: "SET #status = :status", If: ifPresent,
		Names:  map[string]string{"#status": "status"},
		Values: table.Values{":status": status},
	})
	if _, none := errors.AsType[*table.ConditionFailed](err); none {
		return livechat.ErrInvalidAgent
	}
	return err
}

// AssignAgent puts an agent into a department; one who is in it stays.
func (s *Store) AssignAgent(ctx context.Context, id, department string) error {
	_, err := s.table.Update(ctx, agentKey(id), table.Change{
		Expression: "SET departments = list_append(if_not_exists(departments, :none), :departments)",
		If:         ifPresent + " AND NOT contains(departments, :department)",
		Values: table.Values{
			":none": []string{}, ":departments": []string{department}, ":department": department,
		},
	})
	failed, not := errors.AsType[*table.ConditionFailed](err)
	if !not {
		return err
	}
	if failed.Old == nil {
		return livechat.ErrInvalidAgent
	}
	return nil
}

// Agent returns one agent, or fails with [livechat.ErrInvalidAgent].
func (s *Store) Agent(ctx context.Context, id string) (livechat.Agent, error) {
	item, err := s.table.Get(ctx, agentKey(id))
	if err != nil {
		return livechat.Agent{}, fmt.Errorf("agent: %w", err)
	}
	if item == nil {
		return livechat.Agent{}, livechat.ErrInvalidAgent
	}
	var agent livechat.Agent
	return agent, item.Decode(&agent)
}

// setLoad puts the agent's load right, unless it has changed by now.
func (s *Store) setLoad(ctx context.Context, id string, d drift) (bool, error) {
	_, err := s.table.Update(ctx, agentKey(id), table.Change{
		Expression: "SET openRooms = :rooms", If: ifPresent + " AND openRooms = :load",
		Values: table.Values{":rooms": d.rooms, ":load": d.load},
	})
	if _, changed := errors.AsType[*table.ConditionFailed](err); changed {
		return false, nil
	}
	return err == nil, err
}

func agentItem(a livechat.Agent) (table.Item, error) {
	return table.NewItem(agentKey(a.ID), a, nil)
}

// Departments returns all departments.
func (s *Store) Departments(ctx context.Context) ([]livechat.Department, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: partitionDepartments})
	if err != nil {
		return nil, fmt.Errorf("departments: %w", err)
	}
	return decodeAll[livechat.Department](items)
}

// AddDepartment adds a department, or renames the one with that id.
func (s *Store) AddDepartment(ctx context.Context, d livechat.Department) error {
	item, err := table.NewItem(departmentKey(d.ID), d, nil)
	if err != nil {
		return err
	}
	return s.table.Put(ctx, item, "", nil)
}
