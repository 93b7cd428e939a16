// Package expand tests the template as AWS expands it at deployment: the SAM translator's
// result for each function.
//
// Its tests need the SAM CLI's Python and have the build tag sam: `make check-sam` runs
// them.
package expand
