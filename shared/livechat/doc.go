// Package livechat is the domain: rooms, visitors, agents, survey answers, and
// the rules that hold between them.
//
// It knows no HTTP, no AWS and no environment. Time and identity come in as
// arguments. The types are the documents of the wire format: their JSON names
// are the ones Rocket.Chat Livechat clients read, and the store keeps them
// under the same names.
//
// What is refused is an [Error]; its text is what the caller sees.
package livechat
