package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

func TestAgentIsAssignedByIDOrNameOfTheDepartment(t *testing.T) {
	o := newOperator(t)
	maria := o.createUser("maria", "--role", "livechat-agent")
	sales := strings.TrimSpace(o.do("department", "add", "--name", "Sales Europe"))
	if got := o.do("department", "add", "--name", "Support", "--id", "support"); got != "support\n" {
		t.Errorf("department add printed %q, want the id", got)
	}
	o.do("department", "assign", sales, maria.UserID)
	o.do("department", "assign", "Support", maria.UserID)
	o.do("department", "assign", "Sales Europe", maria.UserID)

	var agents []livechat.Agent
	o.doJSON(&agents, "agent", "list")
	if diff := cmp.Diff([]string{sales, "support"}, agents[0].Departments); diff != "" {
		t.Error(diff)
	}
}

func TestAssignRefusesTheUnknown(t *testing.T) {
	o := newOperator(t)
	agent := o.createUser("maria", "--role", "livechat-agent")
	o.createUser("zoe", "--role", "livechat-manager")
	o.do("department", "add", "--name", "Sales")
	o.refuse(exitFailed, []string{"no department", `"Sails"`, "did you mean Sales?", "admin department list"}, "department", "assign", "Sails", agent.UserID)
	o.refuse(exitFailed, []string{"no user", `"nobody"`}, "department", "assign", "Sales", "nobody")
	o.refuse(exitFailed, []string{"zoe", "not an agent", "admin agent add zoe"}, "department", "assign", "Sales", "zoe")
}

func TestDepartmentListIsByName(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--name", "Support", "--id", "a")
	o.do("department", "add", "--name", "Billing", "--id", "b")
	o.do("department", "add", "--name", "Accounts", "--id", "b")
	var got []livechat.Department
	o.doJSON(&got, "department", "list")
	want := []livechat.Department{{ID: "b", Name: "Accounts"}, {ID: "a", Name: "Support"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDepartmentThatCouldBeMistakenIsRefused(t *testing.T) {
	for name, flags := range map[string][]string{
		"same name":            {"--name", "Sales"},
		"name is another's id": {"--name", "d1"},
		"id is another's name": {"--name", "Other", "--id", "Sales"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOperator(t)
			o.do("department", "add", "--name", "Sales", "--id", "d1")
			o.refuse(exitFailed, []string{`"Sales"`, "d1", "choose another"}, append([]string{"department", "add"}, flags...)...)
		})
	}
}

// TestDepartmentKeepsWhatIsNotSaid checks that a renamed department keeps its fallback
// and stays hidden.
func TestDepartmentKeepsWhatIsNotSaid(t *testing.T) {
	o := newOperator(t)
	o.do("department", "add", "--id", "day", "--name", "Day")
	o.do("department", "add", "--id", "night", "--name", "Night", "--fallback", "Day", "--hidden")
	o.do("department", "add", "--id", "night", "--name", "Late")
	got := func() livechat.Department {
		var all []livechat.Department
		o.doJSON(&all, "department", "list")
		return all[len(all)-1]
	}
	want := livechat.Department{ID: "night", Name: "Late", Fallback: "day", Hidden: true}
	if diff := cmp.Diff(want, got()); diff != "" {
		t.Error(diff)
	}
	o.do("department", "add", "--id", "night", "--name", "Late", "--fallback", "none", "--no-hidden")
	if diff := cmp.Diff(livechat.Department{ID: "night", Name: "Late"}, got()); diff != "" {
		t.Error(diff)
	}
	o.refuse(exitFailed, []string{"no other department", `"Late"`}, "department", "add", "--id", "night", "--name", "Late", "--fallback", "Late")
	o.refuse(exitFailed, []string{"no other department", `"Dusk"`}, "department", "add", "--name", "Dawn", "--fallback", "Dusk")
}
