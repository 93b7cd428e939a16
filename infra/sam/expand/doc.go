// Package expand tests the template as AWS expands it when it deploys: what the
// SAM translator makes of each function.
//
// Its tests need the SAM CLI's Python and are behind the build tag sam:
// `make check-sam` runs them.
package expand
