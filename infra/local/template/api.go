package template

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// CORS says which foreign pages may call the API.
type CORS struct {
	Origins       []string
	Methods       []string
	Headers       []string
	ExposeHeaders []string
	MaxAge        int // seconds; 0 is unsaid
	Credentials   bool
}

// api lets through what shapes only the deployed API: its name and stage,
// throttling, access logs, and its domain.
func (r *reader) api(_ string, n *yaml.Node) error {
	var p struct {
		CORS *struct {
			Origins       texts `yaml:"AllowOrigins"`
			Methods       texts `yaml:"AllowMethods"`
			Headers       texts `yaml:"AllowHeaders"`
			ExposeHeaders texts `yaml:"ExposeHeaders"`
			MaxAge        int   `yaml:"MaxAge"`
			Credentials   bool  `yaml:"AllowCredentials"`
		} `yaml:"CorsConfiguration"`
		AccessLog       yaml.Node `yaml:"AccessLogSettings"`
		DefaultSettings yaml.Node `yaml:"DefaultRouteSettings"`
		Description     yaml.Node `yaml:"Description"`
		DisableEndpoint yaml.Node `yaml:"DisableExecuteApiEndpoint"`
		Domain          yaml.Node `yaml:"Domain"`
		FailOnWarnings  yaml.Node `yaml:"FailOnWarnings"`
		Name            yaml.Node `yaml:"Name"`
		PropagateTags   yaml.Node `yaml:"PropagateTags"`
		RouteSettings   yaml.Node `yaml:"RouteSettings"`
		StageName       string    `yaml:"StageName"`
		Tags            yaml.Node `yaml:"Tags"`
	}
	if err := load(n, &p); err != nil {
		return err
	}
	if p.StageName != "" && p.StageName != "$default" {
		return fmt.Errorf("line %d: the stage %s is not understood by the laptop's cloud; it has only $default", n.Line, p.StageName)
	}
	if p.CORS != nil {
		r.out.CORS = &CORS{
			Origins: p.CORS.Origins, Methods: p.CORS.Methods, Headers: p.CORS.Headers,
			ExposeHeaders: p.CORS.ExposeHeaders, MaxAge: p.CORS.MaxAge, Credentials: p.CORS.Credentials,
		}
	}
	return nil
}
