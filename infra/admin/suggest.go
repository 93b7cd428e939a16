package main

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// didYouMean returns a question that suggests the known name that is most similar to the
// given one. It returns an empty string if none is similar.
func didYouMean(given string, known []string) string {
	given = strings.ToLower(given)
	// One character and a third of them may differ.
	best, fewest := "", len(given)/3+2
	for _, name := range known {
		if edits := levenshtein.ComputeDistance(given, strings.ToLower(name)); edits < fewest {
			best, fewest = name, edits
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}
