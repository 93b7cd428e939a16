package survey

import (
	"sync"

	"livechat/shared/settings"
)

// ruleBook caches the rules of each department, because loading a time zone parses it
// every time. It is safe for parallel use.
type ruleBook struct {
	settings settings.Settings

	lock  sync.Mutex
	rules map[string]Rules
}

func newRuleBook(settings settings.Settings) *ruleBook {
	return &ruleBook{settings: settings, rules: map[string]Rules{}}
}

func (b *ruleBook) forDepartment(department string) (Rules, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if known, ok := b.rules[department]; ok {
		return known, nil
	}
	rules, err := RulesOf(b.settings, department)
	if err == nil {
		b.rules[department] = rules
	}
	return rules, err
}
