package validate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"livechat/shared/validate"
)

func TestJSONErrorsNameNoGoType(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"an object":       {`{}`, "got object instead of a list, at byte 1"},
		"a member's type": {`[{"options":"x"}]`, "options: got string instead of a list, at byte 15"},
		"unknown member":  {`[{"colour":1}]`, `unknown field "colour"`},
		"not JSON":        {`[{]`, "invalid character ']' looking for beginning of object key string, at byte 3"},
		"nothing":         {``, "it is empty"},
		"cut off":         {`[{"options":`, "it ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			var into []struct {
				Options []string `json:"options"`
			}
			d := json.NewDecoder(strings.NewReader(tc.text))
			d.DisallowUnknownFields()
			if err := validate.JSON(d.Decode(&into)); err.Error() != tc.want {
				t.Errorf("got %q, want %q", err, tc.want)
			}
		})
	}
}
