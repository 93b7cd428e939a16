// Package webhook delivers surveys to a system of the operator, as a Standard Webhook
// (standardwebhooks.com): a signed JSON body with an id that is the same for every
// attempt.
//
// The client calls only public addresses and explicitly allowed hosts, whatever the
// operator configured, because a name can be made to resolve to any address. Package
// survey handles retries.
package webhook
