// Package mail delivers surveys by e-mail, through Amazon SES.
//
// It renders the message in the visitor's language, as text and as HTML, and sends it.
// Package survey decides who gets a message, and when.
//
// SES does not deduplicate messages by an id. If SES's answer is lost, or a sender dies
// after the answer and before it marks the message as sent, the message is sent twice.
// Surveying a visitor twice is better than not at all.
package mail
