// Package webhook delivers surveys to a system of the operator's, in the form of
// Standard Webhooks (standardwebhooks.com): a JSON body, signed, with an
// identity that stays the same for each attempt.
//
// Inside: the request, its signature, and the rule that no inner address is ever
// called: the operator's word is not enough for that, for names can be made to
// point anywhere. Not inside: retries, which are the survey's.
package webhook
