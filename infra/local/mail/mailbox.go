// Package mail is the laptop's mailbox: a fake of the SendEmail call of Amazon SES (API
// v2). It checks who may send and keeps the mails; nothing leaves the laptop. It refuses
// templates, raw messages and copies.
//
// Special recipients simulate failures: throttle@… (SES is busy) and reject@… (SES
// rejects the message). A mail to bounce@… bounces, and the reader at complain@… reports
// it as spam. As on AWS, events report both if the mail's configuration set sends them.
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
	// Now returns the arrival time of a mail.
	Now func() time.Time
	// Roles decides which function may send from which address.
	Roles *iam.Roles
	// ConfigurationSets are the template's, see template.Template.
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

// Header is an additional header, beyond those of every mail.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// kept is how many mails a mailbox keeps.
const kept = 20_000

// Mailbox accepts mails on its own port.
type Mailbox struct {
	o        Options
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	mails []Mail
	last  int
}

// Start listens on a free loopback port.
func Start(o Options) (*Mailbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mails: %w", err)
	}
	m := &Mailbox{o: o, listener: listener}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{function}/v2/email/outbound-emails", m.send)
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = m.server.Serve(listener) }() // Close ends it
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

// Mail returns the mail with this id, or false if it does not exist.
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
	m.mails = m.mails[max(0, len(m.mails)-kept):]
	return mail
}
