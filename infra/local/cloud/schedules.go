package cloud

import (
	"context"

	"livechat/infra/local/mail"
	"livechat/infra/local/schedule"
)

func (c *Cloud) startMailbox(context.Context) error {
	mailbox, err := mail.Start(mail.Options{Now: c.clock.Now, Roles: c.roles})
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
