package mail

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	netmail "net/mail"
	"strings"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// content is a text in the call.
type content struct{ Data string }

// call is the part of SendEmail that describes the mail.
type call struct {
	FromEmailAddress     string
	ConfigurationSetName string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	Content              struct {
		Simple *struct {
			Subject content
			Body    struct{ Text, Html content }
			Headers []Header
		}
	}
}

// maxMail is the maximum size of a mail in bytes.
const maxMail = 10 << 20

// fault is an error answer in SES's format.
type fault struct {
	status     int
	code, text string
}

func (m *Mailbox) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMail))
	if err != nil {
		refuse(w, bad("Message length is more than 10485760 bytes long."))
		return
	}
	var c call
	if err := json.Unmarshal(body, &c); err != nil {
		refuse(w, bad(err.Error()))
		return
	}
	mail, f := c.mail()
	if f == nil {
		f = m.forbidden(r.PathValue("function"), c.FromEmailAddress, c.ConfigurationSetName)
	}
	if f == nil {
		f = simulatedFault(c.Destination.ToAddresses)
	}
	if f != nil {
		refuse(w, f)
		return
	}
	mail = m.keep(mail)
	write(w, http.StatusOK, map[string]string{"MessageId": mail.ID})
	for _, to := range c.Destination.ToAddresses {
		m.report(c.ConfigurationSetName, mail, addressOf(to))
	}
}

// mail checks the call as SES does, and returns the mail in it.
func (c call) mail() (Mail, *fault) {
	if _, err := netmail.ParseAddress(c.FromEmailAddress); err != nil {
		return Mail{}, bad("Missing or invalid From address: " + c.FromEmailAddress)
	}
	if len(c.Destination.CcAddresses)+len(c.Destination.BccAddresses) > 0 {
		return Mail{}, bad("the laptop's mailbox does not support copies; use ToAddresses")
	}
	if len(c.Destination.ToAddresses) == 0 {
		return Mail{}, bad("Destination is empty: ToAddresses has no address")
	}
	for _, to := range c.Destination.ToAddresses {
		if _, err := netmail.ParseAddress(to); err != nil {
			return Mail{}, bad("Invalid recipient: " + to)
		}
	}
	simple := c.Content.Simple
	switch {
	case simple == nil:
		return Mail{}, bad("the laptop's mailbox supports only Content.Simple")
	case simple.Subject.Data == "":
		return Mail{}, bad("Missing required field: Subject")
	case simple.Body.Text.Data+simple.Body.Html.Data == "":
		return Mail{}, bad("Missing required field: Body, as Text or Html")
	}
	return Mail{
		To: strings.Join(c.Destination.ToAddresses, ", "), From: c.FromEmailAddress, Subject: simple.Subject.Data,
		Text: simple.Body.Text.Data, HTML: simple.Body.Html.Data, Headers: append([]Header{}, simple.Headers...),
	}, nil
}

// forbidden returns a fault unless the function may send from the sender's domain or
// address. SES accepts either as an identity. If the call names a configuration set, the
// function also needs permission for it, and the set must exist.
func (m *Mailbox) forbidden(function, from, set string) *fault {
	address := addressOf(from)
	_, domain, _ := strings.Cut(address, "@")
	var ways []iam.Access
	for _, identity := range []string{strings.ToLower(domain), address} {
		ways = append(ways, iam.Access{
			Action: "ses:SendEmail", Resource: template.IdentityARN(identity),
			Context: map[string][]*string{iam.FromAddress: {&address}},
		})
	}
	denied := func(err error) *fault { return &fault{http.StatusForbidden, "AccessDeniedException", err.Error()} }
	if err := m.o.Roles.May(function, ways...); err != nil {
		return denied(err)
	}
	if set == "" {
		return nil
	}
	err := m.o.Roles.May(function, iam.Access{
		Action: "ses:SendEmail", Resource: template.ConfigurationSetARN(set),
		Context: map[string][]*string{iam.FromAddress: {&address}},
	})
	if err != nil {
		return denied(err)
	}
	if _, known := m.o.ConfigurationSets[set]; !known {
		return &fault{http.StatusNotFound, "NotFoundException", fmt.Sprintf("Configuration set <%s> does not exist.", set)}
	}
	return nil
}

// simulatedFault returns a fault if a recipient simulates one.
func simulatedFault(to []string) *fault {
	for _, recipient := range to {
		switch mailboxOf(addressOf(recipient)) {
		case "throttle":
			return &fault{http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded."}
		case "reject":
			return &fault{http.StatusBadRequest, "MessageRejected", fmt.Sprintf("Address %s is not accepted.", recipient)}
		}
	}
	return nil
}

// mailboxOf returns the part of the address before the @, without a +tag.
func mailboxOf(address string) string {
	local, _, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	return local
}

// addressOf returns the address without its display name.
func addressOf(text string) string {
	a, err := netmail.ParseAddress(text)
	if err != nil {
		return text // the address has already been checked
	}
	return a.Address
}

func bad(text string) *fault { return &fault{http.StatusBadRequest, "BadRequestException", text} }

func refuse(w http.ResponseWriter, f *fault) {
	w.Header().Set("X-Amzn-Errortype", f.code)
	write(w, f.status, map[string]string{"message": f.text})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}
