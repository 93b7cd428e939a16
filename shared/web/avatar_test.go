package web_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"livechat/shared/web"
)

func avatar(name string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/avatar/x", nil)
	r.SetPathValue("username", name)
	w := httptest.NewRecorder()
	web.Avatar().ServeHTTP(w, r)
	return w
}

func TestAvatarIsTheNamesLetter(t *testing.T) {
	for name, want := range map[string]string{
		"mary": ">M<", "@élodie": ">É<", "guest-7": ">G<", "7up": ">7<", "<&>": ">?<", "": ">?<", "日本": ">日<", "\xff\x00": ">?<",
	} {
		w := avatar(name)
		if !strings.Contains(w.Body.String(), want) || w.Header().Get("Content-Type") != "image/svg+xml" || w.Code != http.StatusOK {
			t.Errorf("%q: %d %s %s", name, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		var image struct{ XMLName xml.Name }
		if err := xml.Unmarshal(w.Body.Bytes(), &image); err != nil || image.XMLName.Local != "svg" {
			t.Errorf("%q is not a picture: %v", name, err)
		}
	}
	first, again, other := avatar("mary").Body.String(), avatar("mary").Body.String(), avatar("max").Body.String()
	if first != again || first == other {
		t.Error("the colour is not a function of the name")
	}
	if policy := avatar("x").Header().Get("Content-Security-Policy"); policy != "default-src 'none'" {
		t.Errorf("policy %q", policy)
	}
}
