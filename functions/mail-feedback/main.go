// Command mail-feedback takes what Amazon SES reports of survey mails: an address that they
// bounced from for good, or whose owner complained, gets no more of them.
package main

import (
	"livechat/shared/store"
	"livechat/shared/survey/feedback"
)

func main() {
	db := store.FromEnvironment()
	feedback.Start(db, db.Prime)
}
