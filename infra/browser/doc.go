// Package browser tests the pages in a real browser, Chromium, against a laptop
// cloud that `go run ./infra/local` starts. It is a module of its own: what it
// needs is no dependency of the product's.
package browser
