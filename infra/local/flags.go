package main

import "os"

const description = `Run livechat on this laptop, from template.yaml: no Docker and no AWS account needed.

Functions are rebuilt when their sources change. The page at /_local/ shows what goes on; POST /_local/faults has calls of the database fail, as infra/README.md tells. Ctrl-C ends everything.`

type flags struct {
	Port             int               `env:"PORT" default:"3000" help:"Port of the API; 0 takes a free one."`
	Data             string            `env:"DATA" default:".local" placeholder:"FOLDER" help:"Folder of the database and the built functions. It survives a restart."`
	Fresh            bool              `env:"FRESH" help:"Keep the database in memory, with demo data only."`
	DatabaseEndpoint string            `env:"AWS_ENDPOINT_URL_DYNAMODB" placeholder:"URL" help:"Use this local DynamoDB; none is started then."`
	Parameter        map[string]string `placeholder:"NAME=VALUE" help:"Set a parameter of the template, such as AllowedOrigins=https://www.example.com."`
	Watch            bool              `default:"true" negatable:"" help:"Rebuild functions when their sources change."`
}

// dropEmpty unsets variables without a value: make passes on as empty what it
// was not given.
func dropEmpty() {
	for _, name := range []string{"PORT", "DATA", "FRESH", "AWS_ENDPOINT_URL_DYNAMODB"} {
		if os.Getenv(name) == "" {
			os.Unsetenv(name)
		}
	}
}
