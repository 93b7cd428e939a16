// Command survey-report answers GET livechat/survey.report with the outcomes of surveys
// and with visitors' comments.
package main

import (
	"livechat/shared/api"
	"livechat/shared/lambdahttp"
	"livechat/shared/store"
	"livechat/shared/survey"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(api.SurveyReport(db, survey.Reporter{Days: db}), db.Prime)
}
