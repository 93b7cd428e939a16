package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

type departmentCommands struct {
	Add    departmentAdd    `cmd:"" help:"Add a department, or rename one, and print its id."`
	List   departmentList   `cmd:"" help:"List all departments, by name."`
	Assign departmentAssign `cmd:"" help:"Put an agent into a department."`
}

type departmentAdd struct {
	Name freeText   `required:"" placeholder:"NAME" help:"The name that visitors see, for example \"Sales\". It must be unique."`
	ID   identifier `name:"id" placeholder:"ID" help:"The department's id. An existing id changes that department. Default: a new id."`

	Fallback freeText `placeholder:"DEPARTMENT" help:"Department (id or name) for rooms while no agent is online, or \"none\". Default: unchanged."`
	Hidden   *bool    `negatable:"" help:"Do not offer the department to visitors. Default: unchanged; a new department is offered."`
}

func (departmentAdd) Help() string {
	return `A visitor who chooses the department gets one of its agents. Add agents to it with
"admin department assign".

Examples:

    admin department add --name Sales
    admin department add --id sales --name "Sales Europe" --fallback Support`
}

func (c departmentAdd) Run(ctx context.Context, s *store.Store, out *output) error {
	departments, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	department, err := c.department(departments)
	if err != nil {
		return err
	}
	for _, d := range departments {
		if d.ID != department.ID && ambiguous(d, department) {
			return fmt.Errorf("the name or id is already used by department %q (id %s): choose another", d.Name, d.ID)
		}
	}
	if err := s.AddDepartment(ctx, department); err != nil {
		return err
	}
	return out.result(department, department.ID)
}

// department returns the new or changed department.
func (c departmentAdd) department(departments []livechat.Department) (livechat.Department, error) {
	d := livechat.Department{ID: string(c.ID)}
	if d.ID == "" {
		d.ID = livechat.NewID()
	}
	if at := slices.IndexFunc(departments, func(known livechat.Department) bool { return known.ID == d.ID }); at >= 0 {
		d = departments[at]
	}
	d.Name = string(c.Name)
	if c.Hidden != nil {
		d.Hidden = *c.Hidden
	}
	switch c.Fallback {
	case "":
	case "none":
		d.Fallback = ""
	default:
		fallback, found := livechat.FindDepartment(departments, string(c.Fallback))
		if !found || fallback.ID == d.ID {
			return d, fmt.Errorf("there is no other department %q: `admin department list` shows all departments", c.Fallback)
		}
		d.Fallback = fallback.ID
	}
	return d, nil
}

// ambiguous reports whether the name or id of one department also finds the other.
func ambiguous(a, b livechat.Department) bool {
	return a.Name == b.Name || a.ID == b.Name || a.Name == b.ID
}

type departmentList struct{}

func (departmentList) Help() string {
	return `To see which agents are in a department, use "admin agent list".

Example:

    admin department list`
}

func (departmentList) Run(ctx context.Context, s *store.Store, out *output) error {
	departments, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(departments, func(a, b livechat.Department) int { return strings.Compare(a.Name, b.Name) })
	return list(out, departments, []string{"ID", "NAME", "FALLBACK", "OFFERED"}, func(d livechat.Department) []string {
		offered := "yes"
		if d.Hidden {
			offered = "no"
		}
		fallback, _ := livechat.FindDepartment(departments, d.Fallback)
		return []string{d.ID, d.Name, orDash(fallback.Name), offered}
	})
}

type departmentAssign struct {
	Department freeText `arg:"" name:"departmentid" help:"The department's id or name, as \"admin department list\" shows them."`
	namedUser
}

func (departmentAssign) Help() string {
	return `An agent can be in several departments. Assigning an agent twice changes nothing.

Example:

    admin department assign Sales maria`
}

func (c departmentAssign) Run(ctx context.Context, s *store.Store, out *output) error {
	departments, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	department, found := livechat.FindDepartment(departments, string(c.Department))
	if !found {
		return errNoDepartment(c.Department, departments)
	}
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	if err := s.AssignAgent(ctx, user.ID, department.ID); err != nil {
		return c.explain(err)
	}
	return out.result(
		map[string]any{"departmentId": department.ID, "userId": user.ID},
		fmt.Sprintf("agent %s is in department %s", user.Username, department.Name))
}

func errNoDepartment(named freeText, departments []livechat.Department) error {
	var known []string
	for _, d := range departments {
		known = append(known, d.Name)
	}
	return fmt.Errorf("no department has the id or name %q%s: `admin department list` shows all departments", named, didYouMean(string(named), known))
}
