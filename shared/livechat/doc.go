// Package livechat is the domain: rooms, visitors, agents, survey answers and their
// rules.
//
// It does not depend on HTTP, AWS or the environment. Time and ids are arguments. The
// types are the documents of the wire format. Rocket.Chat Livechat clients read their
// JSON names, and the store uses the same names.
//
// A refusal is an [Error], whose text is shown to the caller.
package livechat
