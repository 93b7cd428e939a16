// Command reports answers GET /livechat/reports with the page that shows the survey
// report to authorized users.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Reports())
}
