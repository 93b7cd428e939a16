package template

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

// Schedule is a schedule that invokes a function. It is due at every multiple of Period
// since the zero time, plus Offset.
type Schedule struct {
	Function       string
	Name           string
	Expression     string
	Period, Offset time.Duration
	Input          string // the event; empty means the scheduler's default
}

func (f *Function) schedule(name string, n *yaml.Node) error {
	var p struct {
		Expression string    `yaml:"ScheduleExpression"`
		Input      string    `yaml:"Input"`
		Name       yaml.Node `yaml:"Name"`
		Describe   yaml.Node `yaml:"Description"`
		State      string    `yaml:"State"`
		Window     yaml.Node `yaml:"FlexibleTimeWindow"`
		Retry      yaml.Node `yaml:"RetryPolicy"`
		DeadLetter yaml.Node `yaml:"DeadLetterConfig"`
		Boundary   yaml.Node `yaml:"PermissionsBoundary"`
		OmitName   yaml.Node `yaml:"OmitName"`
		Group      yaml.Node `yaml:"GroupName"`
		Key        yaml.Node `yaml:"KmsKeyArn"`
		Role       yaml.Node `yaml:"RoleArn"`
	}
	if err := decodeSupported(n, &p); err != nil {
		return err
	}
	period, offset := parseExpression(p.Expression)
	if period == 0 {
		return fmt.Errorf("line %d: the schedule expression %q is not supported by the laptop cloud: use rate(N minutes), rate(N hours), "+
			"rate(N days), or cron(M H * * ? *) for a daily time in UTC", n.Line, p.Expression)
	}
	if p.State == "DISABLED" {
		return nil
	}
	f.Schedules = append(f.Schedules, Schedule{
		Function: f.ID, Name: name, Expression: p.Expression, Period: period, Offset: offset, Input: p.Input,
	})
	return nil
}

var (
	rateForm  = regexp.MustCompile(`^rate\((\d{1,5}) (minute|hour|day)s?\)$`)
	dailyForm = regexp.MustCompile(`^cron\(([0-5]?\d) ([01]?\d|2[0-3]) \* \* \? \*\)$`)

	rateUnits = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
)

// parseExpression parses the forms of schedule expressions that the template uses. The
// period is 0 for any other form.
func parseExpression(text string) (period, offset time.Duration) {
	// The forms match only numbers.
	if m := rateForm.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return time.Duration(n) * rateUnits[m[2]], 0
	}
	if m := dailyForm.FindStringSubmatch(text); m != nil {
		offset, _ = time.ParseDuration(m[2] + "h" + m[1] + "m")
		return 24 * time.Hour, offset
	}
	return 0, 0
}
