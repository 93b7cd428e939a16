package database

import (
	"encoding/json"
	"math"
	"net/http"
)

// units is consumed capacity.
type units struct{ read, write float64 }

func (u *units) add(more units) {
	u.read += more.read
	u.write += more.write
}

// rounded removes the floating-point error of sums of divided units.
func rounded(units float64) float64 { return math.Round(units*1000) / 1000 }

// reportsCapacity holds the operations for which DynamoDB Local reports the capacity that
// AWS would bill.
var reportsCapacity = map[string]bool{
	"GetItem": true, "Query": true, "Scan": true, "PutItem": true, "UpdateItem": true, "DeleteItem": true,
}

const (
	requestedCapacity = "ReturnConsumedCapacity"
	reportedCapacity  = "ConsumedCapacity"
)

// requestCapacity changes the call's body so that it requests a report of the consumed
// capacity per index. requested reports whether the caller itself has requested a report.
func requestCapacity(body []byte) (requesting []byte, requested bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body, true // the database will refuse it
	}
	var level string
	_ = json.Unmarshal(members[requestedCapacity], &level) // an absent member is NONE
	members[requestedCapacity] = encoded("INDEXES")
	return encoded(members), level != "" && level != "NONE"
}

// withoutCapacity removes the capacity report from an answer.
func withoutCapacity(a answer) answer {
	var members map[string]json.RawMessage
	if a.status != http.StatusOK || json.Unmarshal(a.body, &members) != nil || members[reportedCapacity] == nil {
		return a
	}
	delete(members, reportedCapacity)
	return a.withBody(encoded(members))
}

// report is the database's report of the capacity that a call consumed.
type report struct {
	Table                  consumedCapacity
	GlobalSecondaryIndexes map[string]consumedCapacity // by index name
}

type consumedCapacity struct{ CapacityUnits float64 }

// decodeReport decodes the capacity report of a call on one table. It returns false if
// there is no report.
func decodeReport(raw json.RawMessage) (report, bool) {
	var r report
	return r, json.Unmarshal(raw, &r) == nil
}
