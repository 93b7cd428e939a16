package main

import (
	"runtime/debug"

	"livechat/shared/version"
)

type versionCommand struct{}

func (versionCommand) Help() string {
	return `Prints the version of this command line, and the commit it was built from if the build
recorded one.

Example:

    admin version`
}

func (versionCommand) Run(out *output) error {
	shown := map[string]string{"version": version.Number}
	line := "livechat " + version.Number
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				shown["commit"] = s.Value
				line += ", commit " + s.Value
			}
		}
	}
	return out.result(shown, line)
}
