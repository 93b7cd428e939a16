// Package blackbox tests the whole system from outside: over HTTP, with the
// functions as built and a real DynamoDB Local. What it tests is true wherever
// the functions run. It runs them in the laptop cloud, or tests the system that
// LIVECHAT_URL and LIVECHAT_TABLE name; that is how `make test-sam` uses it.
// What is true on the laptop alone is in package laptop.
package blackbox
