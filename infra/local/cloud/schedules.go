package cloud

import (
	"context"
	"encoding/json"
	"fmt"

	"livechat/infra/local/mail"
	"livechat/infra/local/schedule"
)

func (c *Cloud) startMailbox(context.Context) error {
	mailbox, err := mail.Start(mail.Options{
		Now: c.clock.Now, Roles: c.roles, ConfigurationSets: c.template.ConfigurationSets, Publish: c.publish,
	})
	if err != nil {
		return err
	}
	c.mailbox = mailbox
	c.onClose(mailbox.Close)
	return nil
}

func (c *Cloud) startScheduler(context.Context) error {
	scheduler, err := schedule.Start(schedule.Options{
		Functions: c.template.Functions, Clock: &c.clock, Invoke: c.invoke, Log: c.log.of("schedules"),
	})
	if err != nil {
		return err
	}
	c.scheduler = scheduler
	c.onClose(scheduler.Close)
	return nil
}

// publish implements the default event bus. It sends the event to each function with a
// matching rule. The scheduler exists by then, because functions send mails only after it
// has started.
func (c *Cloud) publish(event []byte) {
	var members map[string]any
	if err := json.Unmarshal(event, &members); err != nil {
		panic(fmt.Errorf("our own event is not JSON: %w", err))
	}
	for _, f := range c.template.Functions {
		for _, rule := range f.Rules {
			if rule.Matches(members) {
				c.scheduler.Send(rule.Function, rule.Name, event)
			}
		}
	}
}
