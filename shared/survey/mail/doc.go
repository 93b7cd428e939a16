// Package mail delivers surveys by e-mail, through Amazon SES.
//
// Inside: the message in the visitor's language, as text and as HTML, and its
// sending. Not inside: to whom and when, see package survey.
//
// SES knows no identity of a message that it would honour. Where a sender ends
// between SES's answer and its own mark, the message is sent a second time.
package mail
