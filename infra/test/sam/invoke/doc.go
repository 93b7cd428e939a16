// Package invoke tests `sam local invoke`. It needs SAM and a container engine,
// so only `make test-sam` runs it.
package invoke
