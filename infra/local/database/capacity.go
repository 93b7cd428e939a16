package database

import (
	"encoding/json"
	"math"
	"net/http"
)

// units are consumed capacity.
type units struct{ read, write float64 }

func (u *units) add(more units) {
	u.read += more.read
	u.write += more.write
}

// rounded is without the rest that divided units leave when they are added up again.
func rounded(units float64) float64 { return math.Round(units*1000) / 1000 }

// reporting are the operations of which DynamoDB Local reports what AWS bills.
var reporting = map[string]bool{
	"GetItem": true, "Query": true, "Scan": true, "PutItem": true, "UpdateItem": true, "DeleteItem": true,
}

const (
	requestedCapacity = "ReturnConsumedCapacity"
	reportedCapacity  = "ConsumedCapacity"
)

// requestCapacity returns the call with a request to report what it consumes, by
// index, and whether the caller requested a report itself.
func requestCapacity(body []byte) (requesting []byte, requested bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body, true // the database refuses it
	}
	var level string
	_ = json.Unmarshal(members[requestedCapacity], &level) // an absent member is NONE
	members[requestedCapacity] = encoded("INDEXES")
	return encoded(members), level != "" && level != "NONE"
}

// withoutCapacity removes the report from an answer.
func withoutCapacity(a answer) answer {
	var members map[string]json.RawMessage
	if a.status != http.StatusOK || json.Unmarshal(a.body, &members) != nil || members[reportedCapacity] == nil {
		return a
	}
	delete(members, reportedCapacity)
	return a.withBody(encoded(members))
}

// report is what the database says a call consumed.
type report struct {
	Table                                         arm
	GlobalSecondaryIndexes, LocalSecondaryIndexes map[string]arm
}

type arm struct{ CapacityUnits float64 }

// indexes are the units of each index.
func (r report) indexes() map[string]float64 {
	all := map[string]float64{}
	for _, arms := range []map[string]arm{r.GlobalSecondaryIndexes, r.LocalSecondaryIndexes} {
		for name, a := range arms {
			all[name] = a.CapacityUnits
		}
	}
	return all
}

// reportIn reads the report of an answer on one table; false if it has none.
func reportIn(raw json.RawMessage) (report, bool) {
	var r report
	return r, json.Unmarshal(raw, &r) == nil
}
