// Command survey-link answers GET and POST /s/{code}, the page on which a visitor answers
// a survey.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/web"
)

func main() {
	db := store.FromEnvironment()
	lambdahttp.Start(web.SurveyLink(db, livechat.NewID), db.Prime)
}
