package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/survey/report"
)

// Reports lists the store methods that SurveyReport uses.
type Reports interface {
	Authenticator
	Departments(ctx context.Context) ([]livechat.Department, error)
	// Comments returns at most limit comments on the rooms closed between the days from
	// and to, latest first. It starts after the cursor after, and returns the next page's
	// cursor, which is empty at the end.
	Comments(ctx context.Context, from, to, after string, limit int) ([]livechat.Comment, string, error)
}

// ReportBuilder counts surveys.
type ReportBuilder interface {
	// Today returns the day of now in the time zone of the reports.
	Today(ctx context.Context, now livechat.Time) (string, error)
	// Report sums up the days between from and to, both included.
	Report(ctx context.Context, from, to, groupBy string, now livechat.Time) (*report.Report, error)
}

const (
	// defaultDays is how many days a report covers by default.
	defaultDays = 30
	// maxDays limits how many days a report covers.
	maxDays = 2 * 366
	// defaultComments and maxComments are sizes of a page of comments.
	defaultComments = 20
	maxComments     = 100
)

type reportAnswer struct {
	From    string `json:"from"`
	To      string `json:"to"`
	GroupBy string `json:"groupBy"`
	// AsOf is the time at which the oldest figures were computed.
	AsOf     livechat.Time      `json:"asOf,omitempty"`
	Rows     []report.Figures   `json:"rows"`
	Total    report.Figures     `json:"total"`
	Comments []livechat.Comment `json:"comments"`
	// NextComments is the next page's cursor. It is absent on the last page.
	NextComments string `json:"nextComments,omitempty"`
}

// SurveyReport answers GET livechat/survey.report with the outcomes of surveys and with
// visitors' comments.
func SurveyReport(reports Reports, counting ReportBuilder) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, query, err := surveyReport(reports, counting, r)
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		if query.format != formatCSV {
			httpapi.Endpoint(func(*http.Request) (any, error) { return answer, nil }).ServeHTTP(w, r)
			return
		}
		var lines bytes.Buffer
		if err := report.WriteCSV(&lines, query.groupBy, answer.Rows, answer.Total); err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Disposition", `attachment; filename="surveys-`+query.from+"-"+query.to+`.csv"`)
		httpapi.Write(w, http.StatusOK, "text/csv; charset=utf-8", lines.Bytes())
	})
}

func surveyReport(reports Reports, counting ReportBuilder, r *http.Request) (reportAnswer, reportQuery, error) {
	ctx, caller := callerOf(reports, r, livechat.ViewManager)
	defer caller.release()
	fail := func(err error) (reportAnswer, reportQuery, error) { return reportAnswer{}, reportQuery{}, err }
	query, invalid := readReportQuery(r)
	if invalid != nil {
		return fail(caller.preferSignInError(invalid))
	}
	// The report costs many reads, so the caller is checked first.
	if _, err := caller.authorized(); err != nil {
		return fail(err)
	}
	if err := query.fill(ctx, counting); err != nil {
		return fail(err)
	}
	departments := startTask(ctx, reports.Departments)
	defer departments.stop()
	type page struct {
		comments []livechat.Comment
		next     string
	}
	comments := startTask(ctx, func(ctx context.Context) (page, error) {
		c, next, err := reports.Comments(ctx, query.from, query.to, query.after, query.count)
		return page{c, next}, err
	})
	defer comments.stop()
	sum, err := counting.Report(ctx, query.from, query.to, query.groupBy, httpapi.RequestTime(ctx))
	if err != nil {
		return fail(err)
	}
	written, err := comments.wait()
	if err != nil {
		return fail(err)
	}
	names, err := departments.wait()
	if err != nil {
		return fail(err)
	}
	answer := reportAnswer{
		From: query.from, To: query.to, GroupBy: query.groupBy, AsOf: sum.AsOf(),
		Comments: append([]livechat.Comment{}, written.comments...), NextComments: encodeCursor(written.next),
	}
	answer.Rows, answer.Total = sum.Rows()
	if query.groupBy == report.ByDepartment {
		nameDepartments(answer.Rows, names)
	}
	return answer, query, nil
}

func nameDepartments(rows []report.Figures, departments []livechat.Department) {
	for i := range rows {
		for _, d := range departments {
			if d.ID == rows[i].Key {
				rows[i].Label = d.Name
			}
		}
	}
}

const (
	formatJSON = "json"
	formatCSV  = "csv"
)

type reportQuery struct {
	from, to        string
	groupBy, format string
	count           int
	after           string
}

// The errors of an invalid report query.
var (
	errInvalidDay   = livechat.NewTypedRefusal("error-invalid-date", "from and to must be days such as 2026-11-23")
	errInvalidRange = livechat.NewTypedRefusal("error-invalid-range",
		"from must not be after to, nor more than "+strconv.Itoa(maxDays)+" days before it")
	errInvalidGroupBy = livechat.NewTypedRefusal("error-invalid-group-by", "groupBy must be one of "+strings.Join(report.Groupings, ", "))
	errInvalidFormat  = livechat.NewTypedRefusal("error-invalid-format", "format must be json or csv")
	errInvalidCount   = livechat.NewTypedRefusal("error-invalid-count", "count must be a whole number from 1 to "+strconv.Itoa(maxComments))
	errInvalidCursor  = livechat.NewTypedRefusal("error-invalid-cursor", "cursor must be what nextComments said")
)

func readReportQuery(r *http.Request) (reportQuery, error) {
	query, err := readQuery(r, parameter{name: "from"}, parameter{name: "to"}, parameter{name: "groupBy"},
		parameter{name: "format"}, parameter{name: "count"}, parameter{name: "cursor"})
	if err != nil {
		return reportQuery{}, err
	}
	q := reportQuery{from: query.Get("from"), to: query.Get("to"), groupBy: query.Get("groupBy"), format: query.Get("format"),
		count: defaultComments}
	if q.groupBy == "" {
		q.groupBy = report.ByDay
	}
	if q.format == "" {
		q.format = formatJSON
	}
	for _, day := range []string{q.from, q.to} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return q, errInvalidDay
		}
	}
	if !slices.Contains(report.Groupings, q.groupBy) {
		return q, errInvalidGroupBy
	}
	if q.format != formatJSON && q.format != formatCSV {
		return q, errInvalidFormat
	}
	if query.Get("count") != "" {
		if q.count, err = strconv.Atoi(query.Get("count")); err != nil || q.count < 1 || q.count > maxComments {
			return q, errInvalidCount
		}
	}
	var ok bool
	if q.after, ok = decodeCursor(query.Get("cursor")); !ok {
		return q, errInvalidCursor
	}
	return q, nil
}

// fill sets a missing from or to, and checks the range and the cursor. By default, a
// report covers defaultDays days and ends today.
func (q *reportQuery) fill(ctx context.Context, reports ReportBuilder) error {
	if q.to == "" {
		today, err := reports.Today(ctx, httpapi.RequestTime(ctx))
		if err != nil {
			return err
		}
		q.to = max(today, q.from)
	}
	if q.from == "" {
		q.from = report.DaysBefore(q.to, defaultDays-1)
	}
	if q.from > q.to || q.from < report.DaysBefore(q.to, maxDays-1) {
		return errInvalidRange
	}
	if q.after != "" && (q.after < q.from || q.after[:min(len(q.to), len(q.after))] > q.to) {
		return errInvalidCursor
	}
	return nil
}

// A cursor encodes the end of a page. It is opaque, but not secret.

func encodeCursor(after string) string { return base64.RawURLEncoding.EncodeToString([]byte(after)) }

func decodeCursor(cursor string) (string, bool) {
	after, err := base64.RawURLEncoding.DecodeString(cursor)
	return string(after), err == nil && len(after) <= 200
}
