// Package version holds the release's version.
package version

// Number is the version by Semantic Versioning. CHANGELOG.md describes it, and
// infra/openapi.yaml names it.
const Number = "0.1.0"
