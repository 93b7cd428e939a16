package cost

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"livechat/infra/local/demo"
)

// API is the prefix of nearly all of the API's paths.
const API = "/api/v1/livechat/"

// Client calls a laptop cloud with the demo data.
type Client struct {
	// URL is the cloud's address.
	URL string

	http http.Client
}

// NewClient returns a client of the laptop cloud at url.
func NewClient(url string) *Client {
	return &Client{URL: url, http: http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Request is a request to a laptop cloud.
type Request struct {
	Method, Path, Body string
	// Header is a list of names and values.
	Header []string
}

// Answer is an answer with its cost.
type Answer struct {
	Status int
	Body   []byte
	// ReadUnits and WriteUnits are the capacity that the request consumed, as AWS would
	// bill it.
	ReadUnits, WriteUnits float64
	// Calls is the number of database calls. Trips is the number of sequential round
	// trips.
	Calls, Trips int
}

// Manager returns the sign-in headers of the demo's manager, who has all permissions.
func Manager() []string {
	return []string{"X-User-Id", demo.ManagerID, "X-Auth-Token", demo.ManagerToken}
}

// Call sends one request.
func (c *Client) Call(ctx context.Context, r Request) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, c.URL+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return Answer{}, err
	}
	for i := 0; i+1 < len(r.Header); i += 2 {
		req.Header.Set(r.Header[i], r.Header[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	a := Answer{Status: resp.StatusCode}
	if a.Body, err = io.ReadAll(resp.Body); err != nil {
		return a, err
	}
	number := func(name string) float64 {
		n, _ := strconv.ParseFloat(resp.Header.Get("X-Local-Db-"+name), 64) // 0 without the header
		return n
	}
	a.ReadUnits, a.WriteUnits = number("Read-Units"), number("Write-Units")
	a.Calls, a.Trips = int(number("Calls")), int(number("Trips"))
	return a, nil
}

// Done sends a request and returns its answer, which has status 200. If a rate limit
// refuses the request, Done moves the cloud's clock by a minute and retries.
func (c *Client) Done(ctx context.Context, r Request) (Answer, error) {
	for range 100 {
		a, err := c.Call(ctx, r)
		if err != nil {
			return a, err
		}
		switch a.Status {
		case http.StatusOK:
			return a, nil
		case http.StatusTooManyRequests:
			if err := c.Advance(ctx, "1m"); err != nil {
				return a, err
			}
		default:
			return a, fmt.Errorf("%s %s: %d %.300s", r.Method, r.Path, a.Status, a.Body)
		}
	}
	return Answer{}, fmt.Errorf("%s %s: refused by a limit for 100 minutes", r.Method, r.Path)
}

// Advance moves the cloud's clock. It returns after all schedules that fell due have run.
func (c *Client) Advance(ctx context.Context, by string) error {
	return c.local(ctx, http.MethodPost, "clock", `{"advance":"`+by+`"}`, nil)
}

// KeyUnits is the capacity that one partition key consumed.
type KeyUnits struct {
	Index, PK             string
	ReadUnits, WriteUnits float64
}

// Keys returns the capacity that each partition key consumed since ResetKeys.
func (c *Client) Keys(ctx context.Context) ([]KeyUnits, error) {
	var all struct{ Keys []KeyUnits }
	err := c.local(ctx, http.MethodGet, "keys", "", &all)
	return all.Keys, err
}

// ResetKeys resets the units of all partition keys.
func (c *Client) ResetKeys(ctx context.Context) error {
	return c.local(ctx, http.MethodDelete, "keys", "", nil)
}

// local makes a call under /_local/. If into is not nil, local decodes the answer into
// it.
func (c *Client) local(ctx context.Context, method, path, body string, into any) error {
	a, err := c.Call(ctx, Request{Method: method, Path: "/_local/" + path, Body: body})
	if err != nil {
		return err
	}
	if a.Status >= 300 {
		return fmt.Errorf("%s /_local/%s: %d %.300s", method, path, a.Status, a.Body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(a.Body, into)
}

// text returns the string at the path in the answer, or an empty string if there is none.
func (a Answer) text(path ...string) string {
	var value any
	_ = json.Unmarshal(a.Body, &value) // an answer that is not JSON has no members
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	text, _ := value.(string)
	return text
}

// encode returns the value as JSON.
func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // all values that are passed can be encoded
	}
	return string(text)
}
