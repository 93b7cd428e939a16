package blackbox

import (
	"path/filepath"
	"testing"

	"livechat/infra/test/blackbox/target"
)

// system is the system under test.
var system *target.System

func TestMain(m *testing.M) { target.Main(m, &system, target.Open, filepath.Join("..", "..", "..")) }

const api = target.API
