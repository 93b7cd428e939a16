// Package mail delivers surveys by e-mail, through Amazon SES.
//
// It renders the message in the visitor's language, as text and as HTML, and sends it.
// Package survey decides to whom and when.
//
// SES does not deduplicate messages by an id. If its answer is lost, or a sender dies
// between that answer and its own mark, the message is sent twice. Surveying somebody
// twice is better than not at all.
package mail
