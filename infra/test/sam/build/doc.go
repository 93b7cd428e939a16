// Package build tests the result of `make build`. It needs SAM, so only `make test-build`
// runs it.
package build
