// Package mail is the laptop's mailbox: a stand-in for the SendEmail call of
// Amazon SES (API v2). Inside: the call, who may make it, the mails. Not inside:
// sending: nothing leaves the laptop.
//
// To see what a failure does, write to throttle@… (SES is busy) or reject@… (SES
// will not have the message).
package mail

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"time"

	"livechat/infra/local/template"
)

// Options of a mailbox.
type Options struct {
	// Now is the time that mails arrive at.
	Now func() time.Time
	// Allowed says whether the function may do that to the resource, and why
	// not.
	Allowed func(function, action, resource string) (bool, string)
}

// Mail is one that was sent.
type Mail struct {
	ID      string    `json:"id"`
	To      string    `json:"to"`
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	Headers []Header  `json:"headers"`
	At      time.Time `json:"at"`
}

// Header is one beside those of every mail.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// kept is how many mails a mailbox holds.
const kept = 20_000

// Mailbox takes mails on a port of its own.
type Mailbox struct {
	o        Options
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	mails []Mail
	last  int
}

// Start listens on a free port of the loopback.
func Start(o Options) (*Mailbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mails: %w", err)
	}
	m := &Mailbox{o: o, listener: listener}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{function}/v2/email/outbound-emails", m.send)
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = m.server.Serve(listener) }() // ends by Close
	return m, nil
}

// Endpoint is the address for a function, as AWS_ENDPOINT_URL_SESV2 wants it.
func (m *Mailbox) Endpoint(function string) string {
	return "http://" + m.listener.Addr().String() + "/" + function
}

// Close ends the mailbox.
func (m *Mailbox) Close() { m.server.Close() }

// Mails are all of them, the oldest first.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail{}, m.mails...)
}

// Mail returns one; false when there is none with that id.
func (m *Mailbox) Mail(id string) (Mail, bool) {
	for _, mail := range m.Mails() {
		if mail.ID == id {
			return mail, true
		}
	}
	return Mail{}, false
}

// Empty throws the mails away.
func (m *Mailbox) Empty() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = nil
}

// content is a text of the call.
type content struct{ Data string }

// call is the part of SendEmail that makes a mail.
type call struct {
	FromEmailAddress string
	Destination      struct{ ToAddresses []string }
	Content          struct {
		Simple struct {
			Subject content
			Body    struct{ Text, Html content }
			Headers []Header
		}
	}
}

// maxMail is the size of the largest mail, in bytes.
const maxMail = 10 << 20

func (m *Mailbox) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMail))
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadRequestException", "the message is longer than 10 MB")
		return
	}
	var c call
	if err := json.Unmarshal(body, &c); err != nil {
		refuse(w, http.StatusBadRequest, "BadRequestException", err.Error())
		return
	}
	from, err := netmail.ParseAddress(c.FromEmailAddress)
	if err != nil {
		refuse(w, http.StatusBadRequest, "BadRequestException", "Missing or invalid From address")
		return
	}
	if allowed, why := m.mayFrom(r.PathValue("function"), from.Address); !allowed {
		refuse(w, http.StatusForbidden, "AccessDeniedException", why)
		return
	}
	simple := c.Content.Simple
	switch to := strings.Join(c.Destination.ToAddresses, ", "); {
	case to == "" || simple.Subject.Data == "" || simple.Body.Text.Data+simple.Body.Html.Data == "":
		refuse(w, http.StatusBadRequest, "BadRequestException", "a mail needs a recipient, a subject and a body")
	case strings.HasPrefix(to, "throttle@"):
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded.")
	case strings.HasPrefix(to, "reject@"):
		refuse(w, http.StatusBadRequest, "MessageRejected", "Address "+to+" is not accepted.")
	default:
		id := m.keep(Mail{
			To: to, From: c.FromEmailAddress, Subject: simple.Subject.Data,
			Text: simple.Body.Text.Data, HTML: simple.Body.Html.Data, Headers: append([]Header{}, simple.Headers...),
		})
		write(w, http.StatusOK, map[string]string{"MessageId": id})
	}
}

// mayFrom asks for the right to the address, and to its domain: SES takes an
// identity of either.
func (m *Mailbox) mayFrom(function, address string) (bool, string) {
	_, domain, _ := strings.Cut(address, "@")
	var why string
	for _, identity := range []string{domain, address} {
		var allowed bool
		if allowed, why = m.o.Allowed(function, "ses:SendEmail", template.IdentityARN(identity)); allowed {
			return true, ""
		}
	}
	return false, why
}

func (m *Mailbox) keep(mail Mail) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	mail.ID, mail.At = strconv.Itoa(m.last), m.o.Now().UTC()
	m.mails = append(m.mails, mail)
	m.mails = m.mails[max(0, len(m.mails)-kept):]
	return mail.ID
}

func refuse(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("X-Amzn-Errortype", code)
	write(w, status, map[string]string{"message": text})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody to tell
}
