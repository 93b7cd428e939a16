// Package sam runs the functions that `make build` has built in the AWS SAM CLI's
// emulation of Lambda, in containers. It has SAM's command lines, environment and table,
// and starts and stops its API. Building is elsewhere, and so is the laptop cloud of
// `make run`, which needs neither SAM nor containers.
package sam
