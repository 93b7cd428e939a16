package database

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Permissions of one function, each as "dynamodb:Query table/Name/index/Name".
type Permissions struct {
	Granted []string `json:"granted"`
	Used    []string `json:"used"`
	Refused []string `json:"refused"`
}

// Permissions returns what each function may do, has done, and was refused.
func (p *Proxy) Permissions() map[string]Permissions {
	out := map[string]Permissions{}
	for function, policy := range p.policies {
		out[function] = Permissions{
			Granted: policy.granted(),
			Used:    p.usage.of(function, true),
			Refused: p.usage.of(function, false),
		}
	}
	return out
}

// usage remembers accesses by function and whether they were allowed.
type usage struct {
	mu   sync.Mutex
	seen map[usageKey]map[string]bool
}

type usageKey struct {
	function string
	allowed  bool
}

func (u *usage) note(function string, a access, v verdict) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[usageKey]map[string]bool{}
	}
	k := usageKey{function, v.allowed}
	if u.seen[k] == nil {
		u.seen[k] = map[string]bool{}
	}
	u.seen[k][a.action+" "+shortResource(a.resource)] = true
}

func (u *usage) of(function string, allowed bool) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return sorted(u.seen[usageKey{function, allowed}])
}

func (p *policy) granted() []string {
	all := map[string]bool{}
	for _, s := range p.statements {
		if !s.Allow {
			continue
		}
		for _, action := range s.Actions {
			if !strings.HasPrefix(action, "dynamodb:") {
				continue // logging, which nothing here sees
			}
			for _, resource := range s.Resources {
				all[action+" "+shortResource(resource)] = true
			}
		}
	}
	return sorted(all)
}

// sorted is an empty list, not null, for none.
func sorted(set map[string]bool) []string {
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(set))))
}
