// Package webhook delivers surveys to a system of the operator, as a Standard Webhook
// (standardwebhooks.com): a signed JSON body with an id that is the same for every
// attempt.
//
// The client never calls an inner address, even if the operator configured it, because a
// name can be made to point anywhere. Package survey handles retries.
package webhook
