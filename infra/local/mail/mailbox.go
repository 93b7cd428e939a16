// Package mail implements the laptop's mailbox, which imitates the SendEmail call of
// Amazon SES (API v2). It checks the sender's permission and keeps the mails. No mail
// leaves the laptop. It does not support templates, raw messages and copies.
//
// Special recipients simulate failures. For throttle@… the mailbox answers that SES is
// busy, and for reject@… that SES rejects the message. A mail to bounce@… bounces. A mail
// to complain@… is reported as spam. As on AWS, bounces and complaints cause events if
// the mail's configuration set sends them.
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

// Options configures a mailbox.
type Options struct {
	// Now returns the current time, which is used as the arrival time of mails.
	Now func() time.Time
	// Roles decides which function may send from which address.
	Roles *iam.Roles
	// ConfigurationSets holds the template's configuration sets, see template.Template.
	ConfigurationSets map[string][]string
	// Publish receives the event of a bounce or complaint.
	Publish func(event []byte)
}

// Mail is a sent mail.
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

// Header is an additional header of a mail.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// maxMails is the number of mails that a mailbox keeps.
const maxMails = 20_000

// Mailbox accepts SendEmail calls on its own port.
type Mailbox struct {
	o        Options
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	mails []Mail
	last  int
}

// Start starts a mailbox on a free loopback port.
func Start(o Options) (*Mailbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mails: %w", err)
	}
	m := &Mailbox{o: o, listener: listener}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{function}/v2/email/outbound-emails", m.send)
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = m.server.Serve(listener) }() // Close ends Serve
	return m, nil
}

// Endpoint returns the address to set as AWS_ENDPOINT_URL_SESV2 for function.
func (m *Mailbox) Endpoint(function string) string {
	return "http://" + m.listener.Addr().String() + "/" + function
}

// Close ends the mailbox.
func (m *Mailbox) Close() { m.server.Close() }

// Mails returns all mails, the oldest first.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail{}, m.mails...)
}

// Mail returns the mail with the id. It returns false if there is no such mail.
func (m *Mailbox) Mail(id string) (Mail, bool) {
	for _, mail := range m.Mails() {
		if mail.ID == id {
			return mail, true
		}
	}
	return Mail{}, false
}

// Empty deletes all mails.
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
	m.mails = m.mails[max(0, len(m.mails)-maxMails):]
	return mail
}
