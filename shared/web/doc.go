// Package web answers with pages for people: the survey behind a link, and the
// supervisors' report.
//
// Inside: what a page says, in the visitor's language, how it looks, and which
// headers guard it. A page is whole in itself: it loads nothing from elsewhere,
// and what is inline in it is allowed by its hash and nothing else is.
// Not inside: what counts as an answer, see package livechat; how a link gets to
// the visitor, see package survey; figures, see package survey/report.
package web
