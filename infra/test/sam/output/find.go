package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// find returns an output from what `sam list stack-outputs` prints.
func find(outputs io.Reader, name string) (string, error) {
	var all []struct {
		Key   string `json:"OutputKey"`
		Value string `json:"OutputValue"`
	}
	err := json.NewDecoder(outputs).Decode(&all)
	if errors.Is(err, io.EOF) {
		return "", errors.New("no outputs: SAM found no such stack (see above)")
	}
	if err != nil {
		return "", fmt.Errorf("read the stack's outputs: %w", err)
	}
	for _, o := range all {
		if o.Key == name {
			return o.Value, nil
		}
	}
	return "", fmt.Errorf("the stack has no output %s", name)
}
