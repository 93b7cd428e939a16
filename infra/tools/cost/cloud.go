package cost

import (
	"context"
	"errors"
	"io"
	"os"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// Start starts a laptop cloud without rate limits, with its own table in the database at
// endpoint. root is the repository. The returned function ends the cloud.
func Start(ctx context.Context, root, endpoint string, log io.Writer) (*Client, func(), error) {
	folder, err := os.MkdirTemp("", "livechat-cost-")
	if err != nil {
		return nil, nil, err
	}
	c, err := cloud.Start(ctx, cloud.Options{
		Root: root, Data: folder, DatabaseEndpoint: endpoint, TableName: "cost-" + livechat.NewID(),
		Parameters: cloud.Unthrottled(), Progress: log, Seed: seed,
	})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	return NewClient(c.URL()), func() { c.Close(); _ = os.RemoveAll(folder) }, nil // the folder is temporary anyway
}

func seed(ctx context.Context, endpoint, name string) error {
	s := store.New(table.New(table.Emulator(endpoint), name))
	return errors.Join(demo.Seed(ctx, s), s.SetSetting(ctx, "customFields", "", CustomFields))
}
