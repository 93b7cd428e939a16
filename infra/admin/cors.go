package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

type corsCommands struct {
	Check corsCheck `cmd:"" help:"Check whether a website's pages may call the API."`
}

type corsCheck struct {
	Origin string `arg:"" help:"The website's origin, for example https://www.example.com: scheme and host, plus a non-standard port."`
	API    string `name:"api" env:"LIVECHAT_URL" placeholder:"URL" help:"URL of the API, the stack's output ApiUrl. --local sets it."`
}

func (corsCheck) Help() string {
	return `Sends the preflight requests that a browser on that website would send, one for each
method. It does not read the table.

The stack's parameter AllowedOrigins lists the websites that may call. Set it in samconfig.toml
and deploy. On a laptop, run "make run" with --parameter AllowedOrigins=….

Examples:

    admin --local 3000 cors check https://www.example.com
    admin cors check https://www.example.com --api https://abc123.execute-api.eu-central-1.amazonaws.com`
}

// The methods and headers that clients use; see infra/openapi.yaml.
var (
	methodsUsed = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
	headersUsed = []string{"content-type", "x-user-id", "x-auth-token", "x-visitor-token"}
)

// corsVerdict says whether the origin may call the API, and lists the obstacles if not.
type corsVerdict struct {
	Origin  string   `json:"origin"`
	API     string   `json:"api"`
	Allowed bool     `json:"allowed"`
	Methods []string `json:"methods"`
	Faults  []string `json:"faults"`
}

func (c corsCheck) Run(ctx context.Context, connection connection, out *output) error {
	if c.API == "" && connection.Local != 0 {
		c.API = fmt.Sprintf("http://localhost:%d", connection.Local)
	}
	if err := c.check(); err != nil {
		return err
	}
	verdict := corsVerdict{Origin: c.Origin, API: c.API, Methods: []string{}, Faults: []string{}}
	for _, method := range methodsUsed {
		fault, err := c.preflight(ctx, method)
		if err != nil {
			return err
		}
		if fault == "" {
			verdict.Methods = append(verdict.Methods, method)
		} else if !slices.Contains(verdict.Faults, fault) {
			verdict.Faults = append(verdict.Faults, fault)
		}
	}
	verdict.Allowed = len(verdict.Faults) == 0
	line := fmt.Sprintf("pages of %s may call %s: %s", c.Origin, c.API, strings.Join(verdict.Methods, ", "))
	if !verdict.Allowed {
		line = fmt.Sprintf("pages of %s may NOT call %s: %s", c.Origin, c.API, strings.Join(verdict.Faults, "; "))
	}
	if err := out.result(verdict, line); err != nil {
		return err
	}
	if !verdict.Allowed {
		return errors.New("set the stack's parameter AllowedOrigins (see `admin cors check --help`)")
	}
	return nil
}

func (c corsCheck) check() error {
	u, err := url.Parse(c.Origin)
	if err != nil || !isAddress(c.Origin) || u.Path != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%q is not an origin: give scheme and host without a path, like https://www.example.com", c.Origin)
	}
	if c.API == "" {
		return errors.New("which API? Give --api URL (the stack's output ApiUrl), or --local PORT for the laptop cloud")
	}
	if !isAddress(c.API) {
		return fmt.Errorf("--api %q is not an address: give one like https://chat.example.com", c.API)
	}
	return nil
}

// preflight sends a preflight request for the method. It returns why a browser would refuse
// the call, or an empty string if the browser would allow it.
func (c corsCheck) preflight(ctx context.Context, method string) (fault string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	address := strings.TrimSuffix(c.API, "/") + "/api/v1/livechat/config"
	request, err := http.NewRequestWithContext(ctx, http.MethodOptions, address, http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set("Origin", c.Origin)
	request.Header.Set("Access-Control-Request-Method", method)
	request.Header.Set("Access-Control-Request-Headers", strings.Join(headersUsed, ","))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("the API at %s does not answer: %w", c.API, err)
	}
	defer answer.Body.Close()
	allow := func(what string) string { return answer.Header.Get("Access-Control-Allow-" + what) }
	switch origin := allow("Origin"); {
	case answer.StatusCode/100 != 2:
		return fmt.Sprintf("it answers a preflight request with %d", answer.StatusCode), nil
	case origin == "":
		return "this origin is not among the allowed origins", nil
	case origin != "*" && origin != c.Origin:
		return fmt.Sprintf("it allows only %s", origin), nil
	case !listed(allow("Methods"), method):
		return fmt.Sprintf("it allows the methods %s, but not %s", allow("Methods"), method), nil
	}
	for _, header := range headersUsed {
		if !listed(allow("Headers"), header) {
			return fmt.Sprintf("it allows the headers %s, but not %s", allow("Headers"), header), nil
		}
	}
	return "", nil
}

func listed(list, name string) bool {
	for element := range strings.SplitSeq(list, ",") {
		if element = strings.TrimSpace(element); element == "*" || strings.EqualFold(element, name) {
			return true
		}
	}
	return false
}
