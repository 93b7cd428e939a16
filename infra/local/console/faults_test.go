package console

import (
	"strings"
	"testing"
)

func TestFaultsAreAddedListedAndCleared(t *testing.T) {
	l := openLaptop(t)
	want(t, l.send("GET", "faults", ""), 200, `{"faults":[]}`)
	first := `{"kind":"latency","rate":0.2,"ms":300,"operation":"PutItem","function":"Sender","seed":1,"calls":0,"struck":0}`
	second := `{"kind":"reset","rate":1,"when":"after","seed":2,"calls":0,"struck":0}`
	want(t, l.send("POST", "faults", `{"kind":"latency","rate":0.2,"ms":300,"operation":"PutItem","function":"Sender","seed":1}`), 200, `{"faults":[`+first+`]}`)
	want(t, l.send("POST", "faults", `{"kind":"reset","when":"after","seed":2}`), 200, `{"faults":[`+first+`,`+second+`]}`)

	want(t, l.send("POST", "faults", `{"kind":"reset","function":"Sended"}`), 400, `{"error":"there is no function Sended; use one of Sender, Both"}`)
	if w := l.send("POST", "faults", `{"kind":"reset"}`, "Origin", "http://evil.example"); w.Code != 403 {
		t.Errorf("a foreign page adds a fault: %d", w.Code)
	}
	if w := l.send("DELETE", "faults", "", "Origin", "http://evil.example"); w.Code != 403 {
		t.Errorf("a foreign page clears the faults: %d", w.Code)
	}
	want(t, l.send("GET", "faults", ""), 200, `{"faults":[`+first+`,`+second+`]}`)

	page := l.send("GET", "", "").Body.String()
	if !strings.Contains(page, "<tr><td>latency of 300 ms<td>PutItem of Sender<td class=\"number\">20 %<td") ||
		!strings.Contains(page, "<td>reset, after<td>any call of any function<td") {
		t.Error("the page does not show the faults")
	}
	if w := l.send("DELETE", "faults", ""); w.Code != 204 {
		t.Errorf("cleared: %d", w.Code)
	}
	want(t, l.send("GET", "faults", ""), 200, `{"faults":[]}`)
}
