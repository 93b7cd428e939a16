package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"livechat/shared/livechat"
)

// FuzzForm posts anything as the survey's form. The answer must be a page or a redirect,
// and the posted text must not become an element of the page.
func FuzzForm(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	for _, body := range []string{
		"satisfaction=5", "satisfaction=6&additionalFeedback=%3Cscript%3Ealert(1)%3C/script%3E", "questionnaire=%00", "a=%zz", "List-Unsubscribe=One-Click",
	} {
		f.Add(form, body, "lang=de")
	}
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"satisfaction\"\r\n\r\n9\r\n--b--\r\n", "score=<b>")
	f.Add("multipart/form-data; boundary=", "--", "done=1;lang=")
	f.Fuzz(func(t *testing.T, contentType, body, query string) {
		store := newStore(t)
		store.mayWrite = true
		r := httptest.NewRequest(http.MethodPost, "/s/"+code, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.URL.RawQuery = query
		w := visitRequest(store, r)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		for _, element := range []string{"<script", "<img", "<iframe", "<a href=\"javascript"} {
			if strings.Contains(strings.ToLower(w.Body.String()), element) {
				t.Errorf("the page contains %s", element)
			}
		}
		for _, entry := range store.entries {
			for name, value := range entry.Items {
				if len(value) > 4*livechat.MaxText {
					t.Errorf("%s has %d bytes", name, len(value))
				}
			}
		}
	})
}
