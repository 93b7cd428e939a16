// Command avatar answers GET /avatar/{username}: a picture of a name's first
// letter, which the widget shows beside messages.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Avatar())
}
