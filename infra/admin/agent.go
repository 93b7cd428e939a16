package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

type agentCommands struct {
	Add    agentAdd    `cmd:"" help:"Make a user an agent."`
	List   agentList   `cmd:"" help:"List all agents, by username."`
	Status agentStatus `cmd:"" help:"Set whether an agent takes new rooms."`
}

type agentAdd struct{ namedUser }

func (agentAdd) Help() string {
	return `Gives the user the role livechat-agent; the new agent is available. Somebody who is
already an agent keeps their status.

Example:

    admin agent add maria`
}

func (c agentAdd) Run(ctx context.Context, s *store.Store, out *output) error {
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	if err := s.AddAgent(ctx, user.ID); err != nil {
		return c.explain(err)
	}
	return out.result(map[string]any{"userId": user.ID}, fmt.Sprintf("user %s is an agent", user.Username))
}

type agentList struct{}

func (agentList) Help() string {
	return `Shows each agent's status, departments and number of open rooms. Only the few
hundred newest open rooms are counted. Routing uses the same counts.

Examples:

    admin agent list
    admin agent list --json | jq '.[] | select(.status == "available")'`
}

func (agentList) Run(ctx context.Context, s *store.Store, out *output) error {
	agents, err := s.AgentsWithLoad(ctx)
	if err != nil {
		return err
	}
	departments, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(agents, func(a, b livechat.Agent) int { return strings.Compare(a.Username, b.Username) })
	heading := []string{"ID", "USERNAME", "NAME", "STATUS", "DEPARTMENTS", "OPEN ROOMS"}
	return list(out, agents, heading, func(a livechat.Agent) []string {
		var names []string
		for _, id := range a.Departments {
			department, _ := livechat.FindDepartment(departments, id)
			names = append(names, cmp.Or(department.Name, id))
		}
		return []string{
			a.ID, a.Username, orDash(a.Name), a.Status, orDash(strings.Join(names, ", ")), strconv.Itoa(a.OpenRooms),
		}
	})
}

type agentStatus struct {
	namedUser
	Status string `arg:"" enum:"${statuses}" help:"One of ${enum}."`
}

func (agentStatus) Help() string {
	return `An agent who is not available gets no new rooms, but keeps the current ones.

Example:

    admin agent status maria not-available`
}

func (c agentStatus) Run(ctx context.Context, s *store.Store, out *output) error {
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	if err := s.SetAgentStatus(ctx, user.ID, c.Status); err != nil {
		return c.explain(err)
	}
	return out.result(
		map[string]any{"userId": user.ID, "status": c.Status},
		fmt.Sprintf("agent %s is %s", user.Username, c.Status))
}
