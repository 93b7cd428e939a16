package sdk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/infra/tools/npm"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/store/table"
)

func TestSession(t *testing.T) {
	packages := npm.Folder{Path: ".", What: "the SDK"}
	if err := packages.Install(t.Context(), os.Stderr); err != nil {
		t.Fatal(err)
	}
	url := laptop(t)
	session := exec.CommandContext(t.Context(), "node", "session.mjs", url,
		demo.UserID, demo.AuthToken, demo.ManagerID, demo.ManagerToken)
	printed, err := session.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	t.Logf("%s", printed)
	wantDescribed(t, url)
}

// wantDescribed fails if the cloud gave an answer that infra/openapi.yaml does not
// describe.
func wantDescribed(t *testing.T, url string) {
	t.Helper()
	answer, err := http.Get(url + "/_local/undescribed")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(text), `"requests":[]`) {
		t.Errorf("undescribed answers: %s (%v)", text, err)
	}
}

// laptop starts a laptop cloud whose visitors have a custom field, and returns
// its address.
func laptop(t *testing.T) string {
	t.Helper()
	c, err := cloud.Start(t.Context(), cloud.Options{
		Root: filepath.Join("..", "..", "..", ".."), Data: t.TempDir(), Parameters: cloud.Unthrottled(),
		DatabaseEndpoint: storetest.Endpoint(t), TableName: "sdk-" + livechat.NewID(),
		Log: os.Stderr, Seed: seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c.URL()
}

func seed(ctx context.Context, endpoint, name string) error {
	s := store.New(table.New(table.Emulator(endpoint), name))
	const field = `[{"key":"customerNumber","label":"Customer number","scope":"visitor"}]`
	return errors.Join(demo.Seed(ctx, s), s.SetSetting(ctx, "customFields", "", field))
}
