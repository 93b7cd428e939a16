package validate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// ReadList decodes a JSON list of what, without unknown members and with nothing after it.
func ReadList[T any](text, what string) ([]T, error) {
	var list []T
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("must be a JSON list of %s: %w", what, JSON(err))
	}
	if d.More() {
		return nil, fmt.Errorf("must be one JSON list of %s, with nothing after it", what)
	}
	return list, nil
}

// JSON returns the error of a JSON decoder in the words of those who write JSON, without
// the names of Go types.
func JSON(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		where := ""
		if wrong.Field != "" {
			where = wrong.Field + ": "
		}
		return fmt.Errorf("%sgot %s instead of %s, at byte %d", where, wrong.Value, jsonKind(wrong.Type), wrong.Offset)
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w, at byte %d", wrong, wrong.Offset)
	}
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// jsonKind names the kind of JSON value that is decoded into the Go type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	default:
		return "a number"
	}
}
