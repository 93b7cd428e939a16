// Package build tests what `make build` makes. It needs SAM, so only
// `make test-build` runs it.
package build
