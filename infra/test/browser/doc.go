// Package browser tests the pages in a real browser, Chromium, against a laptop cloud
// that `go run ./infra/local` starts. It is a separate module, so that its dependencies
// are not those of the service.
package browser
