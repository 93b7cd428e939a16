package console

import (
	"net/http"

	"livechat/infra/local/mail"
)

// shownMail is a mail with its time in the console's format.
type shownMail struct {
	mail.Mail
	At string `json:"at"`
}

func (s *handlers) outbox(w http.ResponseWriter, _ *http.Request) {
	messages := []shownMail{}
	for _, m := range s.options.Mailbox.Mails() {
		messages = append(messages, shownMail{m, formatTime(m.At)})
	}
	writeJSON(w, http.StatusOK, map[string]any{"messages": messages})
}

func (s *handlers) emptyOutbox(w http.ResponseWriter, _ *http.Request) {
	s.options.Mailbox.Empty()
	w.WriteHeader(http.StatusNoContent)
}

// showMail shows one mail as a mail program would, without scripts and external content.
// Pages that the mail's links open may run scripts.
func (s *handlers) showMail(w http.ResponseWriter, r *http.Request) {
	m, found := s.options.Mailbox.Mail(r.PathValue("id"))
	if !found {
		writeError(w, http.StatusNotFound, "there is no such mail; it may have been deleted")
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
	_, _ = w.Write([]byte(body)) // the client may be gone
}
