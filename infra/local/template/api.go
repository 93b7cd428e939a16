package template

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"
)

// CORS is the configuration of cross-origin requests to the API.
type CORS struct {
	Origins       []string
	Methods       []string
	Headers       []string
	ExposeHeaders []string
	MaxAge        int // seconds; 0 means not set
	Credentials   bool
}

// Throttle is the rate limit of a route. If it is zero, the route has no limit.
type Throttle struct {
	Rate  float64 `yaml:"ThrottlingRateLimit"`  // calls per second, on average
	Burst int     `yaml:"ThrottlingBurstLimit"` // calls at the same time
}

// throttle sets the throttle of each route, after all functions and the API have been
// read. Like a deployment, it fails if RouteSettings names an unknown route.
func (r *reader) throttle() error {
	unknown := maps.Clone(r.throttles)
	for _, f := range r.out.Functions {
		for i := range f.Routes {
			route := &f.Routes[i]
			own, ok := r.throttles[route.Key()]
			if !ok {
				own = r.others
			}
			route.Throttle = own
			delete(unknown, route.Key())
		}
	}
	if len(unknown) > 0 {
		first := slices.Sorted(maps.Keys(unknown))[0]
		return fmt.Errorf("RouteSettings name the route %q, which no function has", first)
	}
	return nil
}

// routeSettings holds an API's settings for one route, or the default for all routes.
type routeSettings struct {
	Throttle `yaml:",inline"`

	DataTrace yaml.Node `yaml:"DataTraceEnabled"`
	Metrics   yaml.Node `yaml:"DetailedMetricsEnabled"`
	Logging   yaml.Node `yaml:"LoggingLevel"`
}

// api reads the HTTP API. It ignores properties that matter only for the deployed API,
// such as its name, access logs and domain.
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
		Others routeSettings            `yaml:"DefaultRouteSettings"`
		Routes map[string]routeSettings `yaml:"RouteSettings"`

		AccessLog       yaml.Node `yaml:"AccessLogSettings"`
		Description     yaml.Node `yaml:"Description"`
		DisableEndpoint yaml.Node `yaml:"DisableExecuteApiEndpoint"`
		Domain          yaml.Node `yaml:"Domain"`
		FailOnWarnings  yaml.Node `yaml:"FailOnWarnings"`
		Name            yaml.Node `yaml:"Name"`
		PropagateTags   yaml.Node `yaml:"PropagateTags"`
		StageName       string    `yaml:"StageName"`
		Tags            yaml.Node `yaml:"Tags"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	if p.StageName != "" && p.StageName != "$default" {
		return fmt.Errorf("line %d: the laptop cloud does not support the stage %s; use $default", n.Line, p.StageName)
	}
	if p.CORS != nil {
		r.out.CORS = &CORS{
			Origins: p.CORS.Origins, Methods: p.CORS.Methods, Headers: p.CORS.Headers,
			ExposeHeaders: p.CORS.ExposeHeaders, MaxAge: p.CORS.MaxAge, Credentials: p.CORS.Credentials,
		}
	}
	r.others, r.throttles = p.Others.Throttle, map[string]Throttle{}
	for key, own := range p.Routes {
		if own.Rate == 0 || own.Burst == 0 {
			return fmt.Errorf("line %d: RouteSettings of %s need ThrottlingRateLimit and ThrottlingBurstLimit", n.Line, key)
		}
		r.throttles[key] = own.Throttle
	}
	return nil
}
