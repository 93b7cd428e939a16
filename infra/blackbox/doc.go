// Package blackbox tests the whole system from outside: over HTTP, through the
// laptop cloud, with the functions as built and a real DynamoDB Local.
package blackbox
