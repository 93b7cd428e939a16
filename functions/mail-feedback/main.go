// Command mail-feedback handles Amazon SES's reports about survey mails. An address whose
// mails bounced permanently, or whose owner complained, gets no more surveys.
package main

import (
	"livechat/shared/store"
	"livechat/shared/survey/feedback"
)

func main() {
	db := store.FromEnvironment()
	feedback.Start(db, db.Prime)
}
