package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"livechat/shared/livechat"
)

// commandLine is all that can be typed.
type commandLine struct {
	Connection connection `embed:""`
	JSON       bool       `help:"Print JSON instead of text: one list or object on one line, with times such as 2027-01-31T09:00:00.000Z."`

	User       userCommands       `cmd:"" help:"Who can sign in."`
	Token      tokenCommands      `cmd:"" help:"What they sign in with."`
	Agent      agentCommands      `cmd:"" help:"The users who answer visitors."`
	Department departmentCommands `cmd:"" help:"The parts of the team that visitors can ask for."`
	Settings   settingsCommands   `cmd:"" help:"What can be changed while the service runs."`
	Survey     surveyCommands     `cmd:"" help:"Asking visitors about their chats."`
	Visitor    visitorCommands    `cmd:"" help:"What is kept of a visitor: to hand it out, or to erase it."`
	Verify     verifyCommand      `cmd:"" help:"Look whether all of the table fits together, and mend what does not."`
	Cors       corsCommands       `cmd:"" help:"Which websites may call the API."`
}

const description = `The operator's command line of livechat.

It works on the table of a deployed stack (--table, with AWS credentials) or on a laptop cloud (--local).`

// parse returns the command that was typed; none, and no error, when help was
// asked for and shown.
func parse(args []string, stdout, stderr io.Writer) (*commandLine, *kong.Context, error) {
	line := new(commandLine)
	// kong ends the process once it has shown help; here it goes on parsing,
	// to no effect, and run ends it.
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
	// It panics for a mistake in the structs' tags only.
	return kong.Must(line, append(options,
		kong.Name("admin"),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{
			"roles":    strings.Join(livechat.Roles, ","),
			"statuses": livechat.Available + "," + livechat.NotAvailable,
			"settings": strings.Join(settingNames(), ", "),
		})...)
}

// typed is as much of the command as was understood.
func typed(c *kong.Context) string {
	if c == nil || c.Selected() == nil {
		return "admin"
	}
	return c.Selected().FullPath()
}
