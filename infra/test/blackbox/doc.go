// Package blackbox tests the whole system from outside: over HTTP, with the built
// functions and a real DynamoDB Local. Its tests hold wherever the functions run. It
// starts the laptop cloud, or tests the system that LIVECHAT_URL and LIVECHAT_TABLE name,
// as `make test-sam` does. Tests that hold only on the laptop are in package laptop.
package blackbox
