package iam

import (
	"maps"
	"slices"
	"sync"
)

// Permissions lists the permissions of one function. A permission is a text like
// "dynamodb:Query table/Name/index/Name" or "ses:SendEmail identity/example.com". If the
// statement has a condition, the condition's pattern follows.
type Permissions struct {
	Granted []string `json:"granted"`
	Used    []string `json:"used"`
	Refused []string `json:"refused"`
}

// Permissions returns the granted, used and refused permissions of each function.
func (r *Roles) Permissions() map[string]Permissions {
	out := map[string]Permissions{}
	for function, policy := range r.policies {
		out[function] = Permissions{
			Granted: policy.granted(),
			Used:    r.usage.of(function, true),
			Refused: r.usage.of(function, false),
		}
	}
	return out
}

// usage records the used and the refused permissions of each function.
type usage struct {
	mu   sync.Mutex
	seen map[usageKey]map[string]bool
}

type usageKey struct {
	function string
	allowed  bool
}

func (u *usage) note(function string, a Access, v verdict, used []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[usageKey]map[string]bool{}
	}
	k := usageKey{function, v.allowed}
	if u.seen[k] == nil {
		u.seen[k] = map[string]bool{}
	}
	if !v.allowed {
		used = []string{a.Action + " " + shortResource(a.Resource)}
	}
	for _, permission := range used {
		u.seen[k][permission] = true
	}
}

// used returns the granted permissions that the access uses.
func (p *policy) used(a Access) []string {
	var all []string
	for _, s := range p.statements {
		if !s.Allow || !s.applies(a) {
			continue
		}
		permission := a.Action + " " + shortResource(a.Resource)
		if len(s.conditions) == 0 {
			all = append(all, permission)
		}
		for _, c := range s.conditions {
			for i, pattern := range c.patterns {
				if slices.ContainsFunc(a.Context[c.key], func(value *string) bool { return value != nil && pattern.MatchString(*value) }) {
					all = append(all, permission+" "+c.texts[i])
				}
			}
		}
	}
	return all
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
			if !onLaptop(action) {
				continue
			}
			for _, resource := range s.Resources {
				permission := action + " " + shortResource(resource)
				if len(s.conditions) == 0 {
					all[permission] = true
				}
				for _, c := range s.conditions {
					for _, text := range c.texts {
						all[permission+" "+text] = true
					}
				}
			}
		}
	}
	return sorted(all)
}

// sorted returns the members in order. For an empty set it returns an empty list, which
// is not null in JSON.
func sorted(set map[string]bool) []string {
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(set))))
}
