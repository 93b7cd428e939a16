package main

import "errors"

const description = `Measure each function beside a hello world.

  size          of the binary
  ready         from the start of the process until it asks for its first event
  first answer  from the start of the process until its first answer
  warm          from the event to the answer, later
  cold          what the first answer takes longer than a warm one
  peak          most memory resident

"× hello" is the median of the ratios within each round, in which every function and hello start once: what disturbs the machine meanwhile disturbs both. Absolute times are this machine's, with DynamoDB Local behind the functions. It is reached over plain HTTP: what TLS costs on AWS is in none of them.

The functions run as Lambda runs them, one event at a time, built for this machine. The table is the benchmark's own and is removed afterwards.`

type flags struct {
	Rounds   int    `default:"30" placeholder:"N" help:"How often every function is started (30)."`
	Calls    int    `default:"1000" placeholder:"N" help:"How many calls one process of each then answers (1000). Few of them leave the database cold."`
	JSON     bool   `help:"Print JSON instead of a table."`
	Root     string `default:"." type:"existingdir" placeholder:"FOLDER" help:"The repository; the working directory when not given."`
	Database string `env:"AWS_ENDPOINT_URL_DYNAMODB" required:"" placeholder:"URL" help:"The DynamoDB Local to use. \"make bench\" starts one."`
}

// Validate is called by kong.
func (f flags) Validate() error {
	if f.Rounds < 1 || f.Calls < 2 {
		return errors.New("there must be at least 1 round and 2 calls")
	}
	return nil
}
