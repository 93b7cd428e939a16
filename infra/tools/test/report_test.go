package main

import (
	"strings"
	"testing"
	"time"
)

const events = `{"Action":"start","Package":"livechat/shared/a"}
{"Action":"output","Package":"livechat/shared/a","Test":"TestGood","Output":"noise\n"}
{"Action":"pass","Package":"livechat/shared/a","Test":"TestGood","Elapsed":0.1}
{"Action":"output","Package":"livechat/shared/a","Test":"TestBad/case","Output":"    a_test.go:1: got 1, want 2\n"}
{"Action":"fail","Package":"livechat/shared/a","Test":"TestBad/case","Elapsed":0.1}
{"Action":"output","Package":"livechat/shared/a","Test":"TestBad","Output":"--- FAIL: TestBad\n"}
{"Action":"fail","Package":"livechat/shared/a","Test":"TestBad","Elapsed":0.1}
{"Action":"output","Package":"livechat/shared/a","Output":"FAIL\n"}
{"Action":"fail","Package":"livechat/shared/a","Elapsed":1.25}
{"Action":"build-output","ImportPath":"livechat/shared/b","Output":"b.go:1: undefined: x\n"}
{"Action":"build-fail","ImportPath":"livechat/shared/b"}
{"Action":"fail","Package":"livechat/shared/b","Elapsed":0}
{"Action":"skip","Package":"livechat/shared/none","Elapsed":0}
{"Action":"pass","Package":"livechat/shared/c","Elapsed":2}
`

func TestFailuresNameTheCommandThatRepeatsThem(t *testing.T) {
	var out strings.Builder
	r := report{out: &out, packages: 3}
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	r.summarize(3 * time.Second)
	want := `    a_test.go:1: got 1, want 2
--- FAIL: TestBad
To run it alone: go run ./infra/dynamodb-local/with -- go test -count=1 -run '^TestBad$' ./shared/a
FAIL
[1/3] fail shared/a 1.2s
b.go:1: undefined: x
[2/3] fail shared/b 0.0s
[3/3] pass shared/c 2.0s

2 failed in 3s. To run them alone:
    go run ./infra/dynamodb-local/with -- go test -count=1 -run '^TestBad$' ./shared/a
    go run ./infra/dynamodb-local/with -- go test -count=1 ./shared/b
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
