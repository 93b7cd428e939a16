package openapi

import (
	"errors"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// explain formats a validation error as one line. The line lists each fault with its
// place as a JSON pointer.
func explain(err error) error {
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	return errors.New(strings.Join(faults(invalid), "; "))
}

// faults returns the faults in a validation error. If the schema allows several shapes,
// faults returns only the faults of the shape with the fewest faults.
func faults(e *jsonschema.ValidationError) []string {
	if len(e.Causes) == 0 {
		place := pointer(e.InstanceLocation)
		if place == "" {
			place = "/"
		}
		if _, closed := e.ErrorKind.(*kind.FalseSchema); closed {
			return []string{"at " + place + ": is not described"}
		}
		only := jsonschema.ValidationError{ErrorKind: e.ErrorKind}
		return []string{"at " + place + ": " + only.BasicOutput().Error.String()}
	}
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return nearest(e.Causes)
	}
	var all []string
	for _, cause := range e.Causes {
		for _, fault := range faults(cause) {
			if !slices.Contains(all, fault) {
				all = append(all, fault)
			}
		}
	}
	// Sort, because a schema's members have no order.
	slices.Sort(all)
	return all
}

func nearest(shapes []*jsonschema.ValidationError) []string {
	var best []string
	fewest := 0
	for _, shape := range shapes {
		wrong := faults(shape)
		if best == nil || len(wrong) < fewest {
			best, fewest = nil, len(wrong)
		}
		if line := strings.Join(wrong, "; "); len(wrong) == fewest && !slices.Contains(best, line) {
			best = append(best, line)
		}
	}
	return []string{strings.Join(best, ", or ")}
}
