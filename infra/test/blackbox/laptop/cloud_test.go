package laptop

import (
	"path/filepath"
	"testing"

	"livechat/infra/test/blackbox/target"
)

// root is the repository.
var root = filepath.Join("..", "..", "..", "..")

// system is the laptop cloud under test.
var system *target.System

func TestMain(m *testing.M) { target.Main(m, &system, target.Laptop, root) }

const api = target.API
