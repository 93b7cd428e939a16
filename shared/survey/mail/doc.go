// Package mail delivers surveys by e-mail, through Amazon SES.
//
// Inside: the message in the visitor's language, as text and as HTML, and its
// sending. Not inside: to whom and when, see package survey.
//
// SES knows no identity of a message that it would honour. Where its answer is
// lost, or a sender ends between that answer and its own mark, the message is
// sent a second time: asking somebody twice is better than not at all.
package mail
