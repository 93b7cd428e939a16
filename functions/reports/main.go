// Command reports answers GET /livechat/reports: the page that shows the survey
// report to who may see it.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Reports())
}
