package main

import "errors"

const description = `Measure each function in comparison to a hello world.

  size          size of the binary
  ready         time from the start of the process to its first request for an event
  first answer  time from the start of the process to its first answer
  warm          time from the event to the answer, for later answers
  cold          extra time of the first answer compared to a warm one
  peak          peak resident memory

"× hello" is the median of the ratios within each round. A round starts every function and hello
once, so a disturbance of the machine affects both. Absolute times depend on this machine and on
DynamoDB Local. They do not include the TLS of AWS, because DynamoDB Local uses plain HTTP.

The functions run as on Lambda, one event at a time, but built for this machine. The benchmark
uses its own table and removes it afterwards.`

type flags struct {
	Rounds   int    `default:"30" placeholder:"N" help:"Number of starts of each function (30)."`
	Calls    int    `default:"1000" placeholder:"N" help:"Number of calls to one process of each function (1000). Few calls leave the database cold."`
	JSON     bool   `help:"Print JSON instead of a table."`
	Root     string `default:"." type:"existingdir" placeholder:"FOLDER" help:"Path of the repository. Default: the working directory."`
	Database string `env:"AWS_ENDPOINT_URL_DYNAMODB" required:"" placeholder:"URL" help:"The DynamoDB Local to use. \"make bench\" starts one."`
}

// Validate implements kong's validation interface.
func (f flags) Validate() error {
	if f.Rounds < 1 || f.Calls < 2 {
		return errors.New("there must be at least 1 round and 2 calls")
	}
	return nil
}
