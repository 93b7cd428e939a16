package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

func TestMatch(t *testing.T) {
	declared := newRoutes([]template.Route{
		{Method: "ANY", Path: "/{proxy+}"},
		{Method: "GET", Path: "/pets/{proxy+}"},
		{Method: "GET", Path: "/pets/dog/{id}"},
		{Method: "ANY", Path: "/pets/dog/{id}"},
		{Method: "GET", Path: "/pets/dog/1"},
		{Method: "GET", Path: "/owners/{id}/pets/{pet}"},
	})
	tests := map[string]struct {
		method, path string
		key          string
		parameters   map[string]string
	}{
		"plain text first":     {"GET", "/pets/dog/1", "GET /pets/dog/1", nil},
		"then a parameter":     {"GET", "/pets/dog/2", "GET /pets/dog/{id}", map[string]string{"id": "2"}},
		"then any method":      {"PUT", "/pets/dog/2", "ANY /pets/dog/{id}", map[string]string{"id": "2"}},
		"then a greedy":        {"GET", "/pets/cat/1", "GET /pets/{proxy+}", map[string]string{"proxy": "cat/1"}},
		"the greediest last":   {"GET", "/x/y", "ANY /{proxy+}", map[string]string{"proxy": "x/y"}},
		"decoded":              {"GET", "/pets/dog/a%20%C3%A4%2Fb", "GET /pets/dog/{id}", map[string]string{"id": "a ä/b"}},
		"several":              {"GET", "/owners/o/pets/p", "GET /owners/{id}/pets/{pet}", map[string]string{"id": "o", "pet": "p"}},
		"no empty parameter":   {"GET", "/owners//pets/p", "ANY /{proxy+}", map[string]string{"proxy": "owners//pets/p"}},
		"no slash at the end":  {"GET", "/owners/o/pets/p/", "ANY /{proxy+}", map[string]string{"proxy": "owners/o/pets/p/"}},
		"nothing for the root": {"GET", "/", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, ok := declared.match(tt.method, tt.path)
			if ok != (tt.key != "") || ok && m.route.Key() != tt.key {
				t.Errorf("route %q, want %q", m.route.Key(), tt.key)
			}
			if d := cmp.Diff(tt.parameters, m.parameters); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDefaultRouteTakesTheRest(t *testing.T) {
	declared := newRoutes([]template.Route{{Method: "ANY", Path: "$default"}, {Method: "GET", Path: "/a"}})
	for path, want := range map[string]string{"/a": "GET /a", "/b/c": "$default"} {
		if m, ok := declared.match("GET", path); !ok || m.route.Key() != want {
			t.Errorf("%s is routed to %q, want %q", path, m.route.Key(), want)
		}
	}
}
