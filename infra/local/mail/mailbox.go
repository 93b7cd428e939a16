// Package mail is the laptop's mailbox: a stand-in for the SendEmail call of
// Amazon SES (API v2). Inside: the call, who may make it, the mails. Not inside:
// sending, since nothing leaves the laptop; templates, raw messages and copies,
// which are refused.
//
// To see what a failure does, write to throttle@… (SES is busy) or reject@… (SES
// will not have the message). A mail to bounce@… comes back, and the reader at
// complain@… reports it as spam: events say so, as on AWS, if the mail has a
// configuration set that sends them.
package mail

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"livechat/infra/local/iam"
)

// Options of a mailbox.
type Options struct {
	// Now is the time that mails arrive at.
	Now func() time.Time
	// Roles say which function may send from where.
	Roles *iam.Roles
	// ConfigurationSets are those of the template, see template.Template.
	ConfigurationSets map[string][]string
	// Publish takes the event of a mail that came back.
	Publish func(event []byte)
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

func (m *Mailbox) keep(mail Mail) Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	mail.ID, mail.At = strconv.Itoa(m.last), m.o.Now().UTC()
	m.mails = append(m.mails, mail)
	m.mails = m.mails[max(0, len(m.mails)-kept):]
	return mail
}
