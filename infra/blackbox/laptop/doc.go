// Package laptop tests what only the laptop cloud has to show: the trips to the
// database, the clock, the permissions, and the gateway's own answers. It holds
// the template, the sample events and the README against what runs, too.
package laptop
