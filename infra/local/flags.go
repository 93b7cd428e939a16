package main

import "os"

const description = `Run livechat on this laptop from template.yaml, without Docker or an AWS account.

Functions are rebuilt when their sources change. The page at /_local/ shows the cloud's state. POST /_local/faults makes database calls fail (see infra/laptop.md). Press Ctrl-C to stop.`

type flags struct {
	Port             int               `env:"PORT" default:"3000" help:"Port of the API; 0 selects a free port."`
	Data             string            `env:"DATA" default:".local" placeholder:"FOLDER" help:"Folder of the database and the built functions. Its data survives a restart."`
	Fresh            bool              `env:"FRESH" help:"Keep the database in memory, with only the demo data."`
	DatabaseEndpoint string            `env:"AWS_ENDPOINT_URL_DYNAMODB" placeholder:"URL" help:"Use this local DynamoDB instead of starting one."`
	Parameter        map[string]string `placeholder:"NAME=VALUE" help:"Set a template parameter, for example AllowedOrigins=https://www.example.com."`
	Watch            bool              `default:"true" negatable:"" help:"Rebuild functions when their sources change."`
}

// dropEmpty unsets variables without a value, because make passes unset variables as
// empty.
func dropEmpty() {
	for _, name := range []string{"PORT", "DATA", "FRESH", "AWS_ENDPOINT_URL_DYNAMODB"} {
		if os.Getenv(name) == "" {
			os.Unsetenv(name)
		}
	}
}
