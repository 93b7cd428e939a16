package demo

import "strings"

// Hints returns the calls of the published documentation for the cloud at url, ready to
// paste.
func Hints(url string) string {
	return strings.NewReplacer("URL", url, "USER", UserID, "TOKEN", AuthToken).Replace(`
Try it, from another terminal:

  a visitor's room    curl 'URL/api/v1/livechat/room?token=8s7e9ony6ctl27e1qf8kue&rid=kCJDd5peKiZnGJLPq'
  survey answers      curl URL/api/v1/livechat/room.survey -d '{"rid":"XFzMqgn33DcsQkpJp","token":"iNKE8a6k6cjbqWhWd","data":[{"name":"satisfaction","value":"3"}]}'
  another visitor     curl -X PUT URL/api/v1/livechat/room.visitor -H 'X-User-Id: USER' -H 'X-Auth-Token: TOKEN' -d '{"rid":"2xC3rGZRiJztFYP5t","visitorId":"qpdxquZygF4j9aFTR"}'
  survey report       URL/livechat/reports  (user mNgrDemoUser7Kx2p, token demo-manager-token-of-this-laptop-only)
  the chat button     URL/demo  (a shop's page with the stock widget, and the agent's desk)
  what goes on        URL/_local/  (mails, webhooks, clock)

Ctrl-C ends it.

`)
}
