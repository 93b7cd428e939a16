// Command docs answers GET /docs and GET /api/v1/openapi.json: the API, described
// for people and for programs.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Docs())
}
