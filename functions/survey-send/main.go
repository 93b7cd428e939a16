// Command survey-send runs every minute and sends the surveys that are due.
package main

import (
	"livechat/shared/env"
	"livechat/shared/livechat"
	"livechat/shared/schedule"
	"livechat/shared/store"
	"livechat/shared/survey"
	"livechat/shared/survey/mail"
	"livechat/shared/survey/webhook"
)

// atOnce is how many deliveries run in parallel. It keeps a provider busy that takes a
// hundred milliseconds for each.
const atOnce = 32

func main() {
	db := store.FromEnvironment()
	sender := &survey.Sender{
		Store: db,
		Channels: map[string]survey.Channel{
			livechat.ChannelEmail:   mail.FromEnvironment(),
			livechat.ChannelWebhook: webhook.FromEnvironment(),
		},
		URL:     env.Required("API_URL"),
		NewCode: livechat.NewCode,
		AtOnce:  atOnce,
	}
	schedule.Start(sender.Run, db.Prime)
}
