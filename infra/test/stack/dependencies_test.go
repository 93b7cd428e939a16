package stack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is what every import path of this repository begins with.
const module = "livechat/"

// goPackage is a package as `go list` describes it. Deps are all packages that it imports,
// directly or through others; the compiler refuses cycles among them.
type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// dependencyRule says what the packages below from must not depend on: packages, or with
// /... those below a folder, too.
type dependencyRule struct {
	from, why string
	not       []string
	// direct holds the rule for the package's own imports only.
	direct bool
}

var dependencyRules = []dependencyRule{
	{from: "shared/livechat", why: "the domain knows neither its database nor HTTP", not: []string{"livechat/shared/store/...", "github.com/aws/...", "net/http"}},
	{from: "shared/settings", why: "settings are values, which everything else reads", not: []string{
		"livechat/shared/livechat", "livechat/shared/store/...", "github.com/aws/...", "net/http",
	}},
	{from: "shared/survey", why: "the rules of surveys speak of domain types", not: []string{"livechat/shared/store/..."}},
	{from: "shared/survey", why: "deliveries are in the packages below survey", not: []string{"github.com/aws/aws-sdk-go-v2/...", "net/http"}, direct: true},
	{from: "shared/retention", why: "the rules of retention speak of domain types", not: []string{"livechat/shared/store/...", "github.com/aws/aws-sdk-go-v2/...", "net/http"}},
	{from: "shared/lambdahttp", why: "the adapter serves any handler", not: []string{"livechat/shared/api"}},
	{from: "shared", why: "functions and infra are made of shared packages", not: []string{"livechat/functions/...", "livechat/infra/..."}},
	{from: "functions", why: "functions are deployed without the tools", not: []string{"livechat/infra/..."}},
	{from: "shared/store/table", why: "the table's mechanics know no item", not: []string{"livechat/shared/store/layout", "livechat/shared/store"}},
	{from: "shared/store/layout", why: "the form of items knows no transaction", not: []string{"livechat/shared/store", "livechat/shared/store/verify"}},
}

// TestDependencies holds what the code imports, without its tests, against the rules.
func TestDependencies(t *testing.T) {
	packages := listPackages(t)
	for _, rule := range dependencyRules {
		if !slices.ContainsFunc(packages, rule.covers) {
			t.Errorf("no package is below %s", rule.from)
		}
		for _, broken := range rule.check(packages) {
			t.Error(broken)
		}
	}
}

// TestDependencyRulesCanFail adds a forbidden import for each rule, one at a time.
func TestDependencyRulesCanFail(t *testing.T) {
	for _, rule := range dependencyRules {
		for _, forbidden := range rule.not {
			imports := []string{"fmt", strings.TrimSuffix(forbidden, "/...")}
			p := goPackage{ImportPath: module + rule.from, Imports: imports, Deps: imports}
			if len(rule.check([]goPackage{p})) != 1 {
				t.Errorf("an import of %s in %s is not noticed", forbidden, rule.from)
			}
		}
	}
}

func (r dependencyRule) covers(p goPackage) bool { return isBelow(p.ImportPath, module+r.from) }

// check returns a sentence for each package that breaks the rule.
func (r dependencyRule) check(packages []goPackage) (broken []string) {
	for _, p := range packages {
		deps := p.Deps
		if r.direct {
			deps = p.Imports
		}
		if !r.covers(p) || r.direct && p.ImportPath != module+r.from {
			continue
		}
		for _, d := range deps {
			if slices.ContainsFunc(r.not, func(not string) bool { return matches(d, not) }) {
				broken = append(broken, fmt.Sprintf("%s depends on %s: %s", p.ImportPath, d, r.why))
			}
		}
	}
	return broken
}

func matches(path, pattern string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return path == folder || below && isBelow(path, folder)
}

func isBelow(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func listPackages(t *testing.T) (packages []goPackage) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./shared/...", "./functions/...")
	list.Dir = "../../.."
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, &complaints)
	}
	for read := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := read.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
