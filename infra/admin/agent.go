package main

import (
	"context"
	"errors"
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

type agentAdd struct {
	UserID freeText `arg:"" name:"userid" help:"The user's id, as \"admin user list\" shows it."`
}

func (agentAdd) Help() string {
	return `Gives the user the role livechat-agent; the new agent is available. Somebody who is
already an agent keeps their status.

Example:

    admin agent add 3oSeBqk8wDpLyT2cM`
}

func (c agentAdd) Run(ctx context.Context, s *store.Store, out *output) error {
	if err := s.AddAgent(ctx, string(c.UserID)); err != nil {
		return explainUserError(c.UserID, err)
	}
	return out.result(map[string]any{"userId": c.UserID}, fmt.Sprintf("user %s is an agent", c.UserID))
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
	slices.SortFunc(agents, func(a, b livechat.Agent) int { return strings.Compare(a.Username, b.Username) })
	heading := []string{"ID", "USERNAME", "NAME", "STATUS", "DEPARTMENTS", "OPEN ROOMS"}
	return list(out, agents, heading, func(a livechat.Agent) []string {
		return []string{
			a.ID, a.Username, orDash(a.Name), a.Status,
			orDash(strings.Join(a.Departments, ",")), strconv.Itoa(a.OpenRooms),
		}
	})
}

type agentStatus struct {
	UserID freeText `arg:"" name:"userid" help:"The agent's id, as \"admin agent list\" shows it."`
	Status string   `arg:"" enum:"${statuses}" help:"One of ${enum}."`
}

func (agentStatus) Help() string {
	return `An agent who is not available gets no new rooms, but keeps the current ones.

Example:

    admin agent status 3oSeBqk8wDpLyT2cM not-available`
}

func (c agentStatus) Run(ctx context.Context, s *store.Store, out *output) error {
	if err := s.SetAgentStatus(ctx, string(c.UserID), c.Status); err != nil {
		return explainAgentError(c.UserID, err)
	}
	return out.result(
		map[string]any{"userId": c.UserID, "status": c.Status},
		fmt.Sprintf("agent %s is %s", c.UserID, c.Status))
}

// explainAgentError rewrites the store's error to name the agent and the remedy.
func explainAgentError(id freeText, err error) error {
	if errors.Is(err, livechat.ErrInvalidAgent) {
		return fmt.Errorf("no agent has the id %q: list ids with `admin agent list`, make a user an agent with `admin agent add`", id)
	}
	return err
}
