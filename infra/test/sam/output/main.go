// Command output prints one output of a deployed stack, by its name:
//
//	sam list stack-outputs --stack-name livechat-dev --output json | go run ./infra/test/sam/output ApiUrl
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	value, err := read(os.Stdin, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "output:", err)
		os.Exit(1)
	}
	fmt.Println(value)
}

func read(outputs io.Reader, args []string) (string, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("give the name of one output, for example ApiUrl")
	}
	return find(outputs, args[0])
}
