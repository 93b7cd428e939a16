package console

import (
	"net/http"

	"livechat/infra/local/mail"
)

// shownMail has the time in the surface's form.
type shownMail struct {
	mail.Mail
	At string `json:"at"`
}

func (s *surface) outbox(w http.ResponseWriter, _ *http.Request) {
	messages := []shownMail{}
	for _, m := range s.o.Mailbox.Mails() {
		messages = append(messages, shownMail{m, shownTime(m.At)})
	}
	write(w, http.StatusOK, map[string]any{"messages": messages})
}

func (s *surface) emptyOutbox(w http.ResponseWriter, _ *http.Request) {
	s.o.Mailbox.Empty()
	w.WriteHeader(http.StatusNoContent)
}

// mail shows one mail as a mail program does: no scripts, nothing from
// elsewhere; its links can be followed, to pages that have scripts again.
func (s *surface) mail(w http.ResponseWriter, r *http.Request) {
	m, found := s.o.Mailbox.Mail(r.PathValue("id"))
	if !found {
		refuse(w, http.StatusNotFound, "there is no such mail; it may have been thrown away")
		return
	}
	body := m.HTML
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if body == "" {
		body = m.Text
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "+
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	_, _ = w.Write([]byte(body)) // nobody to tell
}
