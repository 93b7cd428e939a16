package laptop

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

func readTemplate(t *testing.T) *template.Template {
	t.Helper()
	read, err := template.Read(filepath.Join(root, "template.yaml"), template.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTemplateHasEveryFunction(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range folders {
		want = append(want, "functions/"+filepath.Base(filepath.Dir(f)))
	}
	for _, f := range readTemplate(t).Functions {
		got = append(got, f.Code)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("functions (-folders +template):\n%s", diff)
	}
}

// TestRoutesAreWhatTheMainsSay compares the comments of the functions' mains with the
// template. A comment names the route ("answers GET livechat/room:"), the schedule, or
// the events that the function takes.
func TestRoutesAreWhatTheMainsSay(t *testing.T) {
	for _, f := range readTemplate(t).Functions {
		t.Run(f.ID, func(t *testing.T) {
			path := filepath.Join(root, f.Code, "main.go")
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			doc := strings.ReplaceAll(file.Doc.Text(), "\n", " ")
			if len(f.Schedules) > 0 {
				every := map[string]string{
					"rate(1 minute)": "every minute", "rate(1 hour)": "hourly", "cron(15 1 * * ? *)": "daily", "cron(45 2 * * ? *)": "daily",
				}[f.Schedules[0].Expression]
				if len(f.Routes) > 0 || len(f.Schedules) > 1 || every == "" || !strings.Contains(doc, " runs "+every+" and ") {
					t.Errorf("the template has the schedules %v, main.go says %q", f.Schedules, doc)
				}
				return
			}
			if len(f.Rules) > 0 {
				if len(f.Routes) > 0 || len(f.Rules) > 1 || !strings.Contains(doc, " handles ") {
					t.Errorf("the template has the rules %v, main.go says %q", f.Rules, doc)
				}
				return
			}
			want := routesIn(doc)
			var got []string
			for _, r := range f.Routes {
				got = append(got, r.Key())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("routes (-main.go's comment +template):\n%s", diff)
			}
		})
	}
}

// namedRoute is one method, or several that share a path, and the path.
var namedRoute = regexp.MustCompile(`\b((?:(?:GET|POST|PUT|DELETE) (?:and )?)+)(\S+)`)

// routesIn returns the routes that a comment names. A path without a slash is below
// /api/v1/.
func routesIn(doc string) (routes []string) {
	for _, match := range namedRoute.FindAllStringSubmatch(doc, -1) {
		path := strings.TrimRight(match[2], ":;,.")
		if !strings.HasPrefix(path, "/") {
			path = "/api/v1/" + path
		}
		for method := range strings.FieldsSeq(strings.ReplaceAll(match[1], " and ", " ")) {
			routes = append(routes, method+" "+path)
		}
	}
	return routes
}

// TestMainsOnlyWire checks that programs keep their logic in packages.
func TestMainsOnlyWire(t *testing.T) {
	list := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*main.go")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines > 50 {
			t.Errorf("%s has %d lines, want at most 50", path, lines)
		}
	}
}

// setByLambda are the variables that every function has without the template. Only the
// laptop cloud may set the last two.
var setByLambda = []string{
	"AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SAM_LOCAL", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_ENDPOINT_URL_SESV2", "SURVEY_WEBHOOK_ALLOW",
}

func TestEnvironmentIsWhatTheFunctionsRead(t *testing.T) {
	functions := readTemplate(t).Functions
	// forAll reports whether the template gives the variable to every function, including
	// functions that do not need it: a page uses no table.
	forAll := func(name string) bool {
		return !slices.ContainsFunc(functions, func(f template.Function) bool { _, set := f.Env[name]; return !set })
	}
	for _, f := range functions {
		t.Run(f.ID, func(t *testing.T) {
			want := variablesRead(t, f.Code)
			var got []string
			for name := range f.Env {
				if slices.Contains(want, name) || !forAll(name) {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("environment (-read by the function +set by the template):\n%s", diff)
			}
		})
	}
}

// variablesRead returns the variables that the function's packages read from the
// environment, except those that Lambda sets.
func variablesRead(t *testing.T, folder string) []string {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-json=Dir,GoFiles,Module", "./"+folder)
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	names := map[string]bool{}
	for packages := json.NewDecoder(strings.NewReader(string(out))); packages.More(); {
		var p struct {
			Dir     string
			GoFiles []string
			Module  *struct{ Main bool }
		}
		if err := packages.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, f := range p.GoFiles {
			collectVariables(t, filepath.Join(p.Dir, f), names)
		}
	}
	var read []string
	for name := range names {
		if !slices.Contains(setByLambda, name) {
			read = append(read, name)
		}
	}
	slices.Sort(read)
	return read
}

// collectVariables records the names that a file reads with package env, and fails if the
// file uses package os for it.
func collectVariables(t *testing.T, path string, names map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch on := fmt.Sprint(f.X) + "." + f.Sel.Name; on {
		case "env.Required", "env.Optional":
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: %s needs a literal name", path, on)
				return true
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			names[name] = true
		case "os.Getenv", "os.LookupEnv", "os.Environ":
			if filepath.Base(filepath.Dir(path)) != "env" {
				t.Errorf("%s reads the environment with %s; use package env", path, on)
			}
		}
		return true
	})
}

// TestEveryGrantIsUsedAndNoOther makes each function do everything it can, and compares
// its database calls with the template's grants.
func TestEveryGrantIsUsedAndNoOther(t *testing.T) {
	system.Everything(t)
	var record struct {
		Functions map[string]struct{ Granted, Used, Refused []string }
	}
	a := system.Send(t, http.MethodGet, "/_local/permissions", "")
	if err := json.Unmarshal([]byte(a.Body), &record); err != nil {
		t.Fatal(err)
	}
	if len(record.Functions) != len(readTemplate(t).Functions) {
		t.Errorf("the record has %d functions", len(record.Functions))
	}
	for id, f := range record.Functions {
		if diff := cmp.Diff(f.Granted, f.Used); diff != "" {
			t.Errorf("%s (-granted +used):\n%s", id, diff)
		}
		if len(f.Refused) > 0 {
			t.Errorf("%s was refused %v", id, f.Refused)
		}
	}
}
