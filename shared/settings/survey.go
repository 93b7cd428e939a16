package settings

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"livechat/shared/validate"
)

// Survey says whether, when and how a visitor is surveyed about a chat.
// Departments can have their own.
type Survey struct {
	Enabled         bool
	DelayMinutes    int
	QuietHours      QuietHours
	BusinessDays    Weekdays
	MinDays         int
	SamplingPercent int
	OnlyIf          string
	OnReturn        string
	ExpiryDays      int
	ReminderDays    int
	Channels        []string
	Language        string
	// NeedsConsent restricts surveys to visitors who agreed to them, see livechat.Visitor.MayBeSurveyed.
	NeedsConsent bool
	ConsentField string
	// TimeZone is the IANA name of the time zone for hours and days.
	TimeZone string
	Brand    Brand
}

// QuietHours is the period of the day in which nobody is surveyed, in minutes of local
// time. It spans midnight if From is later than To. If From equals To, there are no quiet
// hours.
type QuietHours struct{ From, To int }

// Weekdays marks the days of the week on which visitors are surveyed, by [time.Weekday].
type Weekdays [7]bool

// The values of Survey.OnlyIf.
const (
	OnlyIfServed   = "served"
	OnlyIfAnswered = "answered"
	OnlyIfAny      = "any"
)

// The values of Survey.OnReturn.
const (
	OnReturnSkip = "skip"
	OnReturnHold = "hold"
)

// Languages lists the languages in which the service addresses visitors. The first is the
// default.
var Languages = []string{"en", "de", "fr", "es", "pt"}

// The channels by which visitors are surveyed.
const (
	ChannelEmail   = "email"
	ChannelWebhook = "webhook"
)

// Delivery says how surveys are delivered. They are the same for all departments.
type Delivery struct {
	// Sender is the name that mails and pages use for the sender.
	Sender string
	// MailFrom is the address from which mails are sent. If it is empty, no mails are
	// sent.
	MailFrom string
	// MailsPerDay limits the mails that the stack sends on a day in UTC. 0 means no
	// limit.
	MailsPerDay int
	// PublicURL is the base address of links. If it is empty, links use the API's own
	// address.
	PublicURL     string
	WebhookURL    string
	WebhookSecret string
}

var surveySettings = []Setting{
	perDepartment(boolean("surveyEnabled", true,
		"Visitors are surveyed after their chat is closed.",
		func(s *Settings) *bool { return &s.Survey.Enabled })),
	perDepartment(number("surveyDelayMinutes", 60, 0, 30*24*60,
		"Minutes after the closing at which a survey is sent.",
		func(s *Settings) *int { return &s.Survey.DelayMinutes })),
	perDepartment(Setting{
		Name: "surveyQuietHours", Type: "hours such as 21:00-08:00, or off", Default: "off",
		Description: "Hours, in surveyTimeZone, in which no surveys are sent; they are sent afterwards.",
		read:        readQuietHours,
	}),
	perDepartment(Setting{
		Name: "surveyBusinessDays", Type: "days such as mon,tue,wed,thu,fri", Default: "mon,tue,wed,thu,fri,sat,sun",
		Description: "Days on which surveys are sent, in surveyTimeZone.",
		read:        readBusinessDays,
	}),
	perDepartment(number(
		"surveyMinDays",
		7,
		0,
		365,
		"Days after a survey for which neither its visitor nor their mail address is surveyed again, even if "+
			"another visitor gives the address; name+1@example.com and name@example.com are one address. 0 for no "+
			"such limit.",
		func(s *Settings) *int { return &s.Survey.MinDays },
	)),
	perDepartment(number("surveySamplingPercent", 100, 0, 100,
		"Percentage of closed rooms whose visitors are surveyed. The room's id decides.",
		func(s *Settings) *int { return &s.Survey.SamplingPercent })),
	perDepartment(choice(
		"surveyOnlyIf",
		[]string{OnlyIfAnswered, OnlyIfServed, OnlyIfAny},
		"Which chats are surveyed: answered, only those in which an agent wrote to the visitor; served, those "+
			"that an agent served; any, all. With served or any, anyone can cause a mail to any address by "+
			"registering with it.",
		func(s *Settings) *string { return &s.Survey.OnlyIf },
	)),
	perDepartment(choice(
		"surveyOnReturn",
		[]string{OnReturnSkip, OnReturnHold},
		"What happens to a survey that is due while its visitor has a new room: skip drops it, because the new "+
			"room has its own survey; hold sends it once the new room is closed.",
		func(s *Settings) *string { return &s.Survey.OnReturn },
	)),
	perDepartment(number("surveyExpiryDays", 14, 1, 90,
		"Days after the closing until which a survey can be sent and its link works.",
		func(s *Settings) *int { return &s.Survey.ExpiryDays })),
	perDepartment(number("surveyReminderDays", 0, 0, 60,
		"Days after the survey was sent at which a visitor who has not answered is reminded, once; 0 for never.",
		func(s *Settings) *int { return &s.Survey.ReminderDays })),
	perDepartment(Setting{
		Name: "surveyChannels", Type: ChannelEmail + ", " + ChannelWebhook + ", or both in the wanted order", Default: ChannelEmail,
		Description: "How surveys are sent: by the first of these channels that can reach the visitor.",
		read:        readChannels,
	}),
	perDepartment(boolean("surveyNeedsConsent", false,
		"Only visitors who agreed to it are surveyed: their custom field surveyConsentField must say so when the "+
			"survey is sent.",
		func(s *Settings) *bool { return &s.Survey.NeedsConsent })),
	perDepartment(Setting{
		Name: "surveyConsentField", Type: "key of a custom field of visitors", Default: "surveyConsent",
		Description: "The custom field in which the website reports that a visitor agrees to surveys: true, yes, " +
			"on or 1. Any other value withdraws consent. It must be one of customFields.",
		read: func(s *Settings, value string) error {
			if value == "" || !validate.Text(value, 64) {
				return errors.New("must be the key of a custom field, of 1 to 64 characters")
			}
			s.Survey.ConsentField = value
			return nil
		},
	}),
	perDepartment(choice("surveyLanguage", Languages,
		"Language of mails to visitors whose own language is not known.",
		func(s *Settings) *string { return &s.Survey.Language })),
	perDepartment(Setting{
		Name: "surveyTimeZone", Type: "IANA time zone such as Europe/Berlin", Default: "UTC",
		Description: "Time zone for the hours and days of surveys and reports.",
		read: func(s *Settings, value string) error {
			s.Survey.TimeZone = value
			return nil
		},
		// The zone is checked only when it is set, because functions that need no time
		// zone have no time zone database.
		check: func(value string) error {
			if _, err := time.LoadLocation(value); err != nil || value == "" || value == "Local" {
				return fmt.Errorf("%q is not a time zone; use a name such as Europe/Berlin or UTC", value)
			}
			return nil
		},
	}),
	{
		Name: "surveySender", Type: "text", Default: "Support",
		Description: "The sender's name in mails and survey pages, such as your company's.",
		read: func(s *Settings, value string) error {
			if value == "" || !validate.Text(value, 100) || strings.ContainsAny(value, "\r\n") {
				return errors.New("must be one line of 1 to 100 characters")
			}
			s.Delivery.Sender = value
			return nil
		},
	},
	perDepartment(Setting{
		Name: "surveyLogoUrl", Type: "https address", Default: "",
		Description: "The address of your logo, for survey pages and mails. A mail program that loads it tells its " +
			"server that the mail is open. Empty: no logo.",
		read: func(s *Settings, value string) error {
			s.Survey.Brand.LogoURL = value
			return checkLogo(value)
		},
	}),
	perDepartment(color("surveyColor", DefaultSurveyColor, "Colour of buttons and chosen answers in survey pages and mails.",
		func(s *Settings) *string { return &s.Survey.Brand.Color })),
	{
		Name: "surveyMailFrom", Type: "address", Default: "",
		Description: "The address that mails come from; it must belong to an identity verified by Amazon SES. " +
			"Empty: no mails.",
		read: func(s *Settings, value string) error {
			s.Delivery.MailFrom = value
			if value != "" && !validate.Address(value) {
				return fmt.Errorf("%q is not a mail address; use one such as chat@example.com", value)
			}
			return nil
		},
	},
	number("surveyMailsPerDay", 5000, 0, 10_000_000,
		"How many survey mails are sent per day (UTC), for all departments together; the rest wait for the next "+
			"day. 0 for no limit.",
		func(s *Settings) *int { return &s.Delivery.MailsPerDay }),
	{
		Name: "surveyWebhookUrl", Type: "https address", Default: "",
		Description: "Where the webhook channel delivers to. Empty: no webhooks.",
		read: func(s *Settings, value string) error {
			s.Delivery.WebhookURL = value
			return checkURL(value)
		},
	},
	{
		Name: "surveyWebhookSecret", Type: "whsec_ and 24 to 64 bytes in base64", Default: "", Secret: true,
		Description: "The secret that signs webhooks, in the form of Standard Webhooks.",
		read: func(s *Settings, value string) error {
			s.Delivery.WebhookSecret = value
			return checkWebhookSecret(value)
		},
	},
	{
		Name: "publicUrl", Type: "https address", Default: "",
		Description: "The API's public address, for the links in surveys. Empty: the API's own address.",
		read: func(s *Settings, value string) error {
			s.Delivery.PublicURL = strings.TrimSuffix(value, "/")
			return checkURL(value)
		},
	},
}

// SurveyChannels returns the survey channels that any department uses.
func (s Settings) SurveyChannels() []string {
	channels := slices.Clone(s.Survey.Channels)
	for _, own := range s.departments {
		channels = append(channels, own.Channels...)
	}
	slices.Sort(channels)
	return slices.Compact(channels)
}

// UndefinedConsentFields returns the consent fields that the surveys of any department
// require but customFields does not define for visitors.
func (s Settings) UndefinedConsentFields() []string {
	var undefined []string
	for _, survey := range append(slices.Collect(maps.Values(s.departments)), s.Survey) {
		defined := slices.ContainsFunc(s.CustomFields, func(f CustomField) bool {
			return f.Scope == ScopeVisitor && f.Key == survey.ConsentField
		})
		if survey.NeedsConsent && !defined {
			undefined = append(undefined, survey.ConsentField)
		}
	}
	slices.Sort(undefined)
	return slices.Compact(undefined)
}

func perDepartment(s Setting) Setting {
	s.PerDepartment = true
	return s
}

// number accepts a whole number between the bounds.
func number(name string, standard, least, most int, description string, field func(*Settings) *int) Setting {
	return Setting{
		Name: name, Type: fmt.Sprintf("%d to %d", least, most), Default: strconv.Itoa(standard), Description: description,
		read: func(s *Settings, value string) error {
			n, err := strconv.Atoi(value)
			if err != nil || n < least || n > most {
				return fmt.Errorf("%q is not a whole number from %d to %d", value, least, most)
			}
			*field(s) = n
			return nil
		},
	}
}

// quietForm is compiled when first needed, as addressForm is.
var quietForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
})

func readQuietHours(s *Settings, value string) error {
	s.Survey.QuietHours = QuietHours{}
	if value == "off" {
		return nil
	}
	m := quietForm().FindStringSubmatch(value)
	if m == nil || value[:5] == value[6:] {
		return fmt.Errorf("%q is neither off nor hours such as 21:00-08:00", value)
	}
	minute := func(hour, minute string) int {
		h, _ := strconv.Atoi(hour) // quietForm matched only digits
		m, _ := strconv.Atoi(minute)
		return h*60 + m
	}
	s.Survey.QuietHours = QuietHours{From: minute(m[1], m[2]), To: minute(m[3], m[4])}
	return nil
}

var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func readBusinessDays(s *Settings, value string) error {
	s.Survey.BusinessDays = Weekdays{}
	for name := range strings.SplitSeq(value, ",") {
		day := slices.Index(weekdayNames, strings.ToLower(strings.TrimSpace(name)))
		if day < 0 {
			return fmt.Errorf("%q is not one of %s", name, strings.Join(weekdayNames, ", "))
		}
		s.Survey.BusinessDays[day] = true
	}
	return nil
}

func readChannels(s *Settings, value string) error {
	s.Survey.Channels = nil
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if name != ChannelEmail && name != ChannelWebhook || slices.Contains(s.Survey.Channels, name) {
			return fmt.Errorf("%q: want %s, %s, or both", value, ChannelEmail, ChannelWebhook)
		}
		s.Survey.Channels = append(s.Survey.Channels, name)
	}
	return nil
}

// checkURL requires https, except for an address of the laptop itself. The webhook client
// decides whether it calls such an address.
func checkURL(value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(value) > 2000 {
		return fmt.Errorf("%q is not an address; use one such as https://www.example.com/hook", value)
	}
	laptop := slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || !laptop) {
		return fmt.Errorf("%q must begin with https://", value)
	}
	return nil
}

// WebhookSecretPrefix is the prefix of a secret in Standard Webhooks.
const WebhookSecretPrefix = "whsec_"

func checkWebhookSecret(value string) error {
	if value == "" {
		return nil
	}
	encoded, ok := strings.CutPrefix(value, WebhookSecretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return errors.New("a secret is whsec_ and 24 to 64 random bytes in base64, such as whsec_$(openssl rand -base64 32)")
	}
	return nil
}
