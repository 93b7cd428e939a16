package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

type visitorCommands struct {
	Find   visitorFind   `cmd:"" help:"Find visitors by name, mail address, phone number or username."`
	Export visitorExport `cmd:"" help:"Write all data stored about a visitor as one JSON document."`
	Erase  visitorErase  `cmd:"" help:"Erase a visitor with their rooms and everything in them."`
}

// oneVisitor holds the flags that select a visitor.
type oneVisitor struct {
	ID    freeText `name:"id" placeholder:"ID" help:"The visitor's id, as shown to agents and by \"admin visitor find\"."`
	Token string   `placeholder:"TOKEN" help:"The visitor's token, or - to read it from stdin, so that it is not on the command line."`
}

// token returns the visitor's token.
func (v oneVisitor) token(ctx context.Context, s *store.Store, out *output) (string, error) {
	if (v.ID == "") == (v.Token == "") {
		return "", errors.New("which visitor? Give either --id or --token")
	}
	if v.Token == "-" {
		line, err := bufio.NewReader(out.stdin).ReadString('\n')
		if line = strings.TrimSpace(line); line == "" {
			return "", errors.Join(errors.New("no token on stdin"), err)
		}
		return line, nil
	}
	if v.Token != "" {
		return v.Token, nil
	}
	visitor, err := s.VisitorByID(ctx, string(v.ID))
	return visitor.Token, v.explain(err)
}

// read returns the visitor's token and all data stored about them.
func (v oneVisitor) read(ctx context.Context, s *store.Store, out *output) (string, store.VisitorExport, error) {
	token, err := v.token(ctx, s, out)
	if err != nil {
		return "", store.VisitorExport{}, err
	}
	personal, err := s.ExportVisitor(ctx, token)
	return token, personal, v.explain(err)
}

// explain rewrites the store's error to name the missing visitor.
func (v oneVisitor) explain(err error) error {
	switch {
	case errors.Is(err, livechat.ErrInvalidVisitor):
		return fmt.Errorf("no visitor has the id %q: find visitors with `admin visitor find`", v.ID)
	case errors.Is(err, livechat.ErrInvalidToken):
		return errors.New("no visitor has that token")
	}
	return err
}

type visitorFind struct {
	Text freeText `arg:"" help:"Part of the name, mail address, phone number or username; case is ignored."`
	readRateFlags
}

func (visitorFind) Help() string {
	return `There is no index of names and addresses, so the command reads the whole table at
the rate of --read-units. It prints progress on stderr.

Example:

    admin visitor find mary@example.com`
}

// Validate implements kong's validation interface.
func (c visitorFind) Validate() error { return c.check() }

func (c visitorFind) Run(ctx context.Context, where connection, out *output) error {
	db, err := where.open(ctx, table.Paced(c.ReadUnits))
	if err != nil {
		return err
	}
	var found []livechat.Visitor
	looked, progress := 0, newProgress(out)
	err = db.store.EachVisitor(ctx, func(v livechat.Visitor) error {
		looked++
		progress.items(looked, 0)
		if c.matches(v) {
			v.Token = ""
			found = append(found, v)
		}
		return nil
	})
	if err != nil {
		return db.explain(err)
	}
	out.remark(fmt.Sprintf("found %d of %s", len(found), pluralize(looked, "visitor")))
	heading := []string{"ID", "USERNAME", "NAME", "ADDRESS", "TELEPHONE", "REGISTERED", "CHANGED"}
	return list(out, found, heading, func(v livechat.Visitor) []string {
		return []string{v.ID, v.Username, orDash(v.Name), orDash(addresses(v)), orDash(numbers(v)), v.RegisteredAt.String(), v.UpdatedAt.String()}
	})
}

func (c visitorFind) matches(v livechat.Visitor) bool {
	wanted := strings.ToLower(string(c.Text))
	for _, known := range []string{v.Name, v.Username, addresses(v), numbers(v)} {
		if strings.Contains(strings.ToLower(known), wanted) {
			return true
		}
	}
	return false
}

func addresses(v livechat.Visitor) string {
	var all []string
	for _, e := range v.Emails {
		all = append(all, e.Address)
	}
	return strings.Join(all, " ")
}

func numbers(v livechat.Visitor) string {
	var all []string
	for _, p := range v.Phone {
		all = append(all, p.Number)
	}
	return strings.Join(all, " ")
}

type visitorExport struct {
	oneVisitor
	Out string `short:"o" placeholder:"FILE" help:"Write to this new file, which only its owner can read. Default: stdout."`
}

func (visitorExport) Help() string {
	return `Writes one JSON object with these members:

    format        "livechat-visitor/1"
    exportedAt    time of the export
    visitor       the profile
    language      the visitor's language
    rooms         the rooms, oldest first
    audit         the visitor's audit entries
    lastAsked     when the visitor was last surveyed
    unsubscribed  whether the visitor has unsubscribed
    noMail        why no mail is sent: unsubscribed or undeliverable

Each room has room, messages (oldest first), answers (every accepted survey call), audit, survey
(with its state, and with dueAt while a mail or webhook is still to be sent), links (expiresAt
and byMail; the code is not stored) and comment.

Credentials are left out: the visitor's token and the hashes of links. Data that a webhook has
already delivered is with its receiver.

Examples:

    admin visitor export --id 47Dajwh9DjpnTAugW -o visitor.json
    admin visitor export --token - < token.txt`
}

// exportFormat identifies the document's format. An incompatible change increments its
// number.
const exportFormat = "livechat-visitor/1"

type exported struct {
	Format     string        `json:"format"`
	ExportedAt livechat.Time `json:"exportedAt"`
	store.VisitorExport
}

func (c visitorExport) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	_, personal, err := c.read(ctx, s, out)
	if err != nil {
		return err
	}
	document := exported{exportFormat, clock.now(), personal}
	if c.Out == "" {
		return writeDocument(out.stdout, document)
	}
	file, err := os.OpenFile(filepath.Clean(c.Out), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create the export file: %w", err)
	}
	if err := errors.Join(writeDocument(file, document), file.Close()); err != nil {
		return fmt.Errorf("the export is incomplete: %w", err)
	}
	return out.result(map[string]string{"file": c.Out}, "the visitor's data is in "+c.Out)
}

func writeDocument(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

type visitorErase struct {
	oneVisitor
	CloseRooms bool `help:"Close the visitor's open room first. Without this flag, a visitor with an open room is not erased."`
	Yes        bool `short:"y" help:"Do not ask for confirmation."`
}

func (visitorErase) Help() string {
	return `Does the same as the API call DELETE livechat/visitor/{token}. It deletes the
profile, rooms, messages, answers, comments, links and unsent surveys. Only a backup can bring
them back.

These items stay:

    - audit entries, which contain ids but no names
    - the facts and score of each survey, which are anonymous
    - the hash of an address that wants no more surveys
    - a marker under the visitor's token, which grants no access; DynamoDB deletes it within minutes to days

A room that was given to another visitor belongs to that visitor. A mail that is being sent
right now may still arrive. Data that a webhook has delivered and data in backups of the table
are out of reach.

Examples:

    admin visitor erase --id 47Dajwh9DjpnTAugW
    admin visitor erase --id 47Dajwh9DjpnTAugW --close-rooms --yes`
}

// erased counts the deleted items.
type erased struct {
	ID       string `json:"_id"`
	Rooms    int    `json:"rooms"`
	Closed   int    `json:"closed"`
	Messages int    `json:"messages"`
	Answers  int    `json:"answers"`
	Surveys  int    `json:"surveys"`
	Links    int    `json:"links"`
}

func (c visitorErase) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	token, personal, err := c.read(ctx, s, out)
	if err != nil {
		return err
	}
	open := openRooms(personal)
	if len(open) > 0 && !c.CloseRooms {
		return fmt.Errorf("visitor %s has the open room %s: close it, or give --close-rooms", personal.Visitor.ID, open[0])
	}
	gone := tally(personal)
	if !c.Yes {
		if err := confirm(out, fmt.Sprintf("This erases visitor %s with %s. This cannot be undone.", gone.ID, gone)); err != nil {
			return err
		}
	}
	if gone.Closed, err = c.erase(ctx, s, clock, token); err != nil {
		return c.explain(err)
	}
	return out.result(gone, fmt.Sprintf("visitor %s is erased, with %s", gone.ID, gone))
}

func (e erased) String() string {
	return fmt.Sprintf("%s, %s and %s; surveys made anonymous: %d; links deleted: %d",
		pluralize(e.Rooms, "room"), pluralize(e.Messages, "message"), pluralize(e.Answers, "answer"), e.Surveys, e.Links)
}

func openRooms(p store.VisitorExport) []string {
	var open []string
	for _, r := range p.Rooms {
		if r.Room.Open {
			open = append(open, r.Room.ID)
		}
	}
	return open
}

func tally(p store.VisitorExport) erased {
	e := erased{ID: p.Visitor.ID, Rooms: len(p.Rooms)}
	for _, r := range p.Rooms {
		e.Messages += len(r.Messages)
		e.Answers += len(r.Answers)
		e.Links += len(r.Links)
		if r.Survey != nil {
			e.Surveys++
		}
	}
	return e
}

// maxRooms limits how many rooms are closed for a visitor who keeps opening new ones.
const maxRooms = 3

// erase deletes the visitor, closing their open room first if requested. It returns how
// many rooms it closed.
func (c visitorErase) erase(ctx context.Context, s *store.Store, clock clock, token string) (int, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return 0, err
	}
	for closed := 0; ; closed++ {
		now := clock.now()
		_, err := s.DeleteVisitor(ctx, token, now, func(v livechat.Visitor) livechat.AuditEntry {
			return livechat.AuditEntry{ID: livechat.NewID(), Action: livechat.AuditVisitorDeleted, Ts: now, VisitorID: v.ID, UserID: operatorID}
		})
		if !errors.Is(err, livechat.ErrRoomsStillOpen) {
			return closed, err
		}
		if !c.CloseRooms || closed == maxRooms {
			return closed, errors.New("the visitor has just opened a room: close it, or give --close-rooms")
		}
		if err := closeOpenRoom(ctx, s, settings, now, token); err != nil {
			return closed, err
		}
	}
}

func closeOpenRoom(ctx context.Context, s *store.Store, settings settings.Settings, now livechat.Time, token string) error {
	_, room, err := s.VisitorByToken(ctx, token)
	if err != nil || room == nil {
		return err
	}
	_, err = s.CloseVisitorsRoom(ctx, token, room.ID, func(r livechat.Room) (livechat.Closed, error) {
		if !r.Open {
			return livechat.Closed{}, livechat.ErrRoomClosed
		}
		return closedByOperator(now, settings, r, "Closed by the operator")
	})
	if errors.Is(err, livechat.ErrRoomClosed) || errors.Is(err, livechat.ErrInvalidRoom) {
		return nil // somebody else has closed it
	}
	return err
}

// confirm prints the question and fails unless the answer is yes.
func confirm(out *output, question string) error {
	out.remark(question + " Type yes to continue:")
	answer, err := bufio.NewReader(out.stdin).ReadString('\n')
	if strings.TrimSpace(answer) == "yes" {
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("nothing was erased: %w", err)
	}
	return errors.New("nothing was erased: the answer was not yes; use --yes to skip the question")
}
