package cost

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	got := Results{
		One: Spent{Requests: 24, ReadUnits: 40.5, WriteUnits: 70},
		Chats: Chats{
			Count: 100, Spent: Spent{Requests: 2400, ReadUnits: 4100, WriteUnits: 7123},
			Shared: []KeyUnits{{PK: "AGENTS", ReadUnits: 200, WriteUnits: 150}, {Index: "GSI2", PK: "ROOMS#OPEN#0", WriteUnits: 200}, {Index: "GSI2", PK: "ROOMS#OPEN#1", WriteUnits: 220, ReadUnits: 1},
				{PK: "OPENINGS#5#1795977138", WriteUnits: 100}, {Index: "GSI2", PK: "ROOMS#CLOSED#2026-11#1", WriteUnits: 20}},
		},
		Requests: []Measured{
			{Route: "GET /docs", Kind: Typical, Answer: Answer{Status: 200, Body: []byte("page")}},
			{Route: "POST /api/v1/livechat/message", Kind: Refused, Case: "bad body", Answer: Answer{Status: 400}},
			{Route: "POST /api/v1/livechat/message", Kind: Typical, Answer: Answer{Status: 200, ReadUnits: 0.5, WriteUnits: 3, Calls: 3, Trips: 2}},
		},
	}.Markdown()
	want := `A chat alone consumes 40.5 read and 70 write units in 24 calls; of 100, some at once, one consumes 41 and 71.23.

| Partition keys that chats share | Keys | Read units per chat, at most | Write units per chat, at most |
|---|---|---|---|
| ` + "`AGENTS`" + ` | 1 | 2 | 1.5 |
| ` + "`GSI2 ROOMS#OPEN#n`" + ` | 2 | 0.01 | 2.2 |
| ` + "`OPENINGS#n#n`" + ` | 1 | 0 | 1 |
| ` + "`GSI2 ROOMS#CLOSED#2026-11#n`" + ` | 1 | 0 | 0.2 |

| Route | Case | Status | Read units | Write units | Bytes | Calls | Trips |
|---|---|---|---|---|---|---|---|
| POST message | typical | 200 | 0.5 | 3 | 0 | 3 | 2 |
| POST message | refused: bad body | 400 | 0 | 0 | 0 | 0 | 0 |
| GET /docs | typical | 200 | 0 | 0 | 4 | 0 | 0 |
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestReplace(t *testing.T) {
	once, err := Replace("before\n"+begin+end+"after\n", "text\n")
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Replace(once, "text\n")
	if want := "before\n" + begin + "\ntext\n\n" + end + "after\n"; err != nil || once != want || twice != want {
		t.Errorf("%q, then %q, %v", once, twice, err)
	}
	if _, err := Replace("before\nafter\n", "text\n"); err == nil || !strings.Contains(err.Error(), "lacks") {
		t.Errorf("without markers: %v", err)
	}
}

func TestKeysOfHashes(t *testing.T) {
	for key, want := range map[string]bool{
		"AGENTS": false, "ROOMS#CLOSED#2026-11": false, "VISITOR#" + hash("token"): true,
		"RATE#limitMessagesPerToken#" + hash("token") + "=#29766000": true, "USER#mNgrDemoUser7Kx2p": false,
	} {
		if isHashed(key) != want {
			t.Errorf("%s: want %v", key, want)
		}
	}
}
