package blackbox

import "testing"

func TestEveryCallSucceeds(t *testing.T) { system.Everything(t) }
