package directory

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Agents returns all agents without their loads. The agents may be slightly outdated.
func (d *Directory) Agents(ctx context.Context) ([]livechat.Agent, error) {
	items, err := d.table.Query(ctx, table.Partition{PK: layout.PartitionAgents, Eventually: true})
	if err != nil {
		return nil, fmt.Errorf("agents: %w", err)
	}
	return table.DecodeAll[livechat.Agent](items)
}

// SetAgentStatus makes an agent available or unavailable. It fails with
// [livechat.ErrInvalidAgent].
func (d *Directory) SetAgentStatus(ctx context.Context, id, status string) error {
	_, err := d.table.Update(ctx, layout.AgentKey(id), table.Update{
		Expression: "SET #status = :status", If: layout.IfPresent,
		Names:  map[string]string{"#status": "status"},
		Values: table.Values{":status": status},
	})
	if _, none := errors.AsType[*table.ConditionFailed](err); none {
		return livechat.ErrInvalidAgent
	}
	return err
}

// AssignAgent adds an agent to a department, unless the agent is already in it.
func (d *Directory) AssignAgent(ctx context.Context, id, department string) error {
	_, err := d.table.Update(ctx, layout.AgentKey(id), table.Update{
		Expression: "SET departments = list_append(if_not_exists(departments, :none), :departments)",
		If:         layout.IfPresent + " AND NOT contains(departments, :department)",
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

// Agent returns the agent with the id. It fails with [livechat.ErrInvalidAgent].
func (d *Directory) Agent(ctx context.Context, id string) (livechat.Agent, error) {
	item, err := d.table.Get(ctx, layout.AgentKey(id))
	if err != nil {
		return livechat.Agent{}, fmt.Errorf("agent: %w", err)
	}
	if item == nil {
		return livechat.Agent{}, livechat.ErrInvalidAgent
	}
	var agent livechat.Agent
	return agent, item.Decode(&agent)
}

// Departments returns all departments.
func (d *Directory) Departments(ctx context.Context) ([]livechat.Department, error) {
	items, err := d.table.Query(ctx, table.Partition{PK: layout.PartitionDepartments})
	if err != nil {
		return nil, fmt.Errorf("departments: %w", err)
	}
	return table.DecodeAll[livechat.Department](items)
}

// AddDepartment adds a department, or replaces the existing department with the same id.
func (d *Directory) AddDepartment(ctx context.Context, department livechat.Department) error {
	item, err := table.NewItem(layout.DepartmentKey(department.ID), department, nil)
	if err != nil {
		return err
	}
	return d.table.Put(ctx, item, "", nil)
}
