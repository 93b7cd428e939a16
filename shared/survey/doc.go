// Package survey asks visitors about their chats: whether and when, by rules;
// and the sender, which finds what is due, claims it, delivers it and marks it.
//
// A survey (package livechat) is scheduled in the transaction that closes its
// room. The sender is woken each minute. What it does is safe to be done twice,
// at once, and cut short anywhere: a delivery is claimed for a while by a write
// conditioned on the survey's version, under an identity that stays the same for
// every attempt; a claim that has run out is taken up again. So no survey is
// lost, and a provider that honours the identity delivers each message once; of
// one that does not, a crash between its answer and our mark can bring one
// message a second time.
//
// A provider that is busy costs a message no attempt. A run stops asking it after a few
// refusals in a row (see breaker), and each refused survey waits twice as long as before.
//
// Not inside: how a message reaches the visitor, see its folders mail and
// webhook; pages, see package web; reports, see report.
package survey
