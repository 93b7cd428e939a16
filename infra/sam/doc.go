// Package sam runs the functions, as `make build` left them, in the AWS SAM
// CLI's own imitation of Lambda: in containers. Inside: SAM's command lines, its
// environment, the table it works on, the start and end of its API. Not inside:
// building, and the laptop cloud of `make run`, which needs neither SAM nor
// containers.
package sam
