// Command avatar answers GET /avatar/{username} with a picture of the name's first
// letter, which the widget shows next to messages.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Avatar())
}
