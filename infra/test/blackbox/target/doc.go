// Package target is the system that the black-box tests test from outside, over HTTP. It
// selects the system, makes calls, checks answers, and names the demo data. It contains
// no tests.
package target
