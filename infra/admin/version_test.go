package main

import (
	"strings"
	"testing"

	"livechat/shared/version"
)

// TestVersionNeedsNoTable runs without any configuration of a table.
func TestVersionNeedsNoTable(t *testing.T) {
	forgetAWS(t)
	a := typeIn(t, "version")
	if a.code != exitDone || !strings.HasPrefix(a.stdout, "livechat "+version.Number) {
		t.Errorf("%+v", a)
	}
}
