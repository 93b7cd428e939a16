// Command docs answers GET /docs with the API's documentation, and GET
// /api/v1/openapi.json with the OpenAPI document.
package main

import (
	"livechat/shared/lambdahttp"
	"livechat/shared/web"
)

func main() {
	lambdahttp.Start(web.Docs())
}
