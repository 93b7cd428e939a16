package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"livechat/shared/livechat"
)

// commandLine declares all commands and flags.
type commandLine struct {
	Connection connection `embed:""`
	JSON       bool       `help:"Print JSON on one line instead of text. Times look like 2027-01-31T09:00:00.000Z."`

	User       userCommands       `cmd:"" help:"Manage the users who can sign in."`
	Token      tokenCommands      `cmd:"" help:"Manage the users' auth tokens."`
	Agent      agentCommands      `cmd:"" help:"Manage the users who answer visitors."`
	Department departmentCommands `cmd:"" help:"Manage the departments that visitors can choose."`
	Settings   settingsCommands   `cmd:"" help:"Show and change settings; no restart is needed."`
	Survey     surveyCommands     `cmd:"" help:"Manage the surveys that visitors get after a chat."`
	Visitor    visitorCommands    `cmd:"" help:"Find, export or erase a visitor's data."`
	Verify     verifyCommand      `cmd:"" help:"Check the table's consistency and repair it."`
	Cors       corsCommands       `cmd:"" help:"Check which websites may call the API."`
	Version    versionCommand     `cmd:"" help:"Print the version."`
}

const description = `The operator's command line of livechat.

It works on the table of a deployed stack (--table, with AWS credentials) or on a laptop cloud (--local).`

// parse returns the parsed command. After showing help, it returns no command and no
// error.
func parse(args []string, stdout, stderr io.Writer) (*commandLine, *kong.Context, error) {
	line := new(commandLine)
	// kong expects Exit to end the process after it has shown help. Here parsing
	// continues, and its result is dropped.
	helpShown := false
	parser := newParser(line, kong.Writers(stdout, stderr), kong.Exit(func(int) { helpShown = true }))
	command, err := parser.Parse(args)
	if helpShown {
		return line, nil, nil
	}
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		return nil, nil, fmt.Errorf("%w; see `%s --help`", err, typed(wrong.Context))
	}
	return line, command, err
}

func newParser(line *commandLine, options ...kong.Option) *kong.Kong {
	// kong.Must panics only for a mistake in the structs' tags.
	return kong.Must(line, append(options,
		kong.Name("admin"),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{
			"roles":    strings.Join(livechat.Roles, ","),
			"statuses": livechat.Available + "," + livechat.NotAvailable,
		})...)
}

// typed returns the part of the command that kong recognized.
func typed(c *kong.Context) string {
	if c == nil || c.Selected() == nil {
		return "admin"
	}
	return c.Selected().FullPath()
}
