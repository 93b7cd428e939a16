// Package survey surveys visitors about their chats. Rules decide whether and when a
// visitor is surveyed. The sender finds due surveys, claims them, delivers their messages
// and marks them as sent.
//
// A survey (package livechat) is scheduled in the transaction that closes its room. The
// sender runs every minute. Its steps can be repeated, run in parallel and be interrupted
// anywhere. A claim is a lease on one delivery, taken by a conditional write on the
// survey's version. Another sender takes over an expired claim. Every attempt delivers
// under the same message id. So no survey is lost, and a provider that honours the id
// delivers each message once. With another provider, a message can be sent twice if a
// sender crashes between the provider's answer and marking the message as sent.
//
// A delivery that a busy provider refuses does not count as an attempt. A run stops
// calling the provider after a few refusals in a row (see breaker), and each refused
// survey backs off.
//
// Delivery to the visitor is in the sub-packages mail and webhook, reports are in
// sub-package report, and the survey's page is in package web.
package survey
