// Command survey-rollup runs daily and counts the surveys of past days for the report.
package main

import (
	"livechat/shared/schedule"
	"livechat/shared/store"
	"livechat/shared/survey"
)

func main() {
	db := store.FromEnvironment()
	schedule.Start(survey.Reporter{Days: db}.RollUp, db.Prime)
}
