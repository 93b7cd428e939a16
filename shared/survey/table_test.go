package survey_test

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
)

// surveys returns all surveys in the table.
func (w *world) surveys() []livechat.Survey {
	w.t.Helper()
	var rooms []string
	for _, item := range w.raw.Items(w.t) {
		if item.Key().SK == "SURVEY" {
			rooms = append(rooms, item.Text("rid"))
		}
	}
	all, err := w.store.Surveys(w.t.Context(), rooms)
	w.must(err)
	return all
}

func textOf(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}
