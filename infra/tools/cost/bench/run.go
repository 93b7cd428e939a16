package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"livechat/infra/tools/cost"
)

const description = "Measure every route in a typical and in the worst case, and a whole chat, on its own laptop cloud. The results are Markdown."

type flags struct {
	Root     string `default:"." type:"existingdir" placeholder:"FOLDER" help:"Path of the repository. Default: the working directory."`
	Document string `type:"existingfile" placeholder:"FILE" help:"Write the tables between the markers of this document instead of printing them."`
	Texts    int    `default:"599" placeholder:"N" help:"Number of messages with 5,000 emoji in the long room (599)."`
	Edits    int    `default:"300" placeholder:"N" help:"Number of edits of the message in the edited room (300)."`
	Rooms    int    `default:"2000" placeholder:"N" help:"Number of open rooms (2,000)."`
	Chats    int    `default:"100" placeholder:"N" help:"Number of chats, eight of them in parallel (100)."`
	Database string `env:"AWS_ENDPOINT_URL_DYNAMODB" required:"" placeholder:"URL" help:"The DynamoDB Local to use. \"make bench-cost\" starts one."`
}

func run(ctx context.Context, f flags) error {
	c, end, err := cost.Start(ctx, f.Root, f.Database, os.Stderr)
	if err != nil {
		return err
	}
	defer end()
	results, err := c.Run(ctx, cost.Options{
		Sizes: cost.Sizes{Texts: f.Texts, Edits: f.Edits, Rooms: f.Rooms},
		Chats: f.Chats, AtOnce: 8, Progress: os.Stderr,
	})
	if err != nil {
		return err
	}
	var exceeding error
	if over := results.Exceeding(); len(over) > 0 {
		exceeding = fmt.Errorf("over the cost limits:\n%s", strings.Join(over, "\n"))
	}
	if f.Document == "" {
		fmt.Print(results.Markdown())
		return exceeding
	}
	document, err := os.ReadFile(f.Document)
	if err != nil {
		return err
	}
	replaced, err := cost.Replace(string(document), results.Markdown())
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(f.Document, []byte(replaced), 0o600), exceeding)
}
