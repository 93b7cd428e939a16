package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

func TestAgentAddMakesAUserAnAgent(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--name", "Maria Silva", "--role", "livechat-manager")
	o.do("agent", "add", user.UserID)
	o.do("agent", "status", user.UserID, "not-available")
	o.do("agent", "add", user.UserID)

	var agents []livechat.Agent
	o.doJSON(&agents, "agent", "list")
	want := []livechat.Agent{{ID: user.UserID, Username: "maria", Name: "Maria Silva", Status: livechat.NotAvailable}}
	if diff := cmp.Diff(want, agents); diff != "" {
		t.Error("adding an agent again changes them: ", diff)
	}
	o.do("agent", "status", user.UserID, "available")
	if got := o.do("agent", "list"); !strings.Contains(got, " available ") {
		t.Errorf("the agent is not available:\n%s", got)
	}
	o.refuse(exitUsage, []string{"status", `"away"`}, "agent", "status", user.UserID, "away")
}
