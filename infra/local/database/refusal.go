package database

import (
	"encoding/json"
	"net/http"
	"strings"

	"livechat/infra/local/fault"
)

// DynamoDB's wording for calls that it does not execute.

const (
	exceptions  = "com.amazonaws.dynamodb.v20120810#"
	tooMuch     = "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
	tooMuchNow  = "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly."
	onGoing     = "Transaction is ongoing for the item"
	wentWrong   = "Internal server error"
	notInTheWay = "None"
)

var internalError = failure(http.StatusInternalServerError, exceptions+"InternalServerError", wentWrong)

// throttled returns the answer to a throttled call. It executes the first half of a
// batch. It executes no other call.
func (p *Proxy) throttled(s fault.Strike, r *http.Request, operation string, body []byte) answer {
	if isTransaction(operation) {
		code, text := "ThrottlingError", tooMuchNow
		if s.Word < 0.5 {
			code, text = "ProvisionedThroughputExceeded", tooMuch
		}
		return cancelled(s, body, code, text)
	}
	if batch, rest := halve(operation, body); rest != nil {
		return withUnprocessed(p.forward(r, batch), operation, rest)
	}
	if s.Word < 0.5 {
		return failure(http.StatusBadRequest, exceptions+"ProvisionedThroughputExceededException", tooMuch)
	}
	return failure(http.StatusBadRequest, "com.amazon.coral.availability#ThrottlingException", tooMuchNow)
}

func conflicted(s fault.Strike, operation string, body []byte) answer {
	if isTransaction(operation) {
		return cancelled(s, body, "TransactionConflict", onGoing)
	}
	return failure(http.StatusBadRequest, exceptions+"TransactionConflictException", onGoing)
}

func isTransaction(operation string) bool { return strings.HasPrefix(operation, "Transact") }

// cancelled returns the answer to a transaction that is cancelled because of one random
// element.
func cancelled(s fault.Strike, body []byte, code, text string) answer {
	var call struct{ TransactItems []json.RawMessage }
	if json.Unmarshal(body, &call) != nil || len(call.TransactItems) == 0 {
		return internalError // readAccesses has refused such a call
	}
	reasons, codes := make([]map[string]string, len(call.TransactItems)), make([]string, len(call.TransactItems))
	for i := range reasons {
		reasons[i], codes[i] = map[string]string{"Code": notInTheWay}, notInTheWay
	}
	at := int(s.Element * float64(len(reasons)))
	reasons[at], codes[at] = map[string]string{"Code": code, "Message": text}, code
	// Strings always encode.
	whole, _ := json.Marshal(map[string]any{
		"__type":              exceptions + "TransactionCanceledException",
		"CancellationReasons": reasons,
		"Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [" +
			strings.Join(codes, ", ") + "]",
	})
	return answer{status: http.StatusBadRequest, header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, body: whole}
}
