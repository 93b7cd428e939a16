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
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

type visitorCommands struct {
	Find   visitorFind   `cmd:"" help:"Find visitors by name, address, telephone or username."`
	Export visitorExport `cmd:"" help:"Write all that is kept of a visitor as one JSON document."`
	Erase  visitorErase  `cmd:"" help:"Erase a visitor, with their rooms and all that belongs to these."`
}

// oneVisitor says whom a command is about.
type oneVisitor struct {
	ID    text   `name:"id" placeholder:"ID" help:"The visitor's id, as agents see it and \"admin visitor find\" shows it."`
	Token string `placeholder:"TOKEN" help:"The visitor's token, or - to read it from stdin: what stands in a command line, others on this machine can read."`
}

// token returns the token of the visitor.
func (v oneVisitor) token(ctx context.Context, s *store.Store, out *output) (string, error) {
	if (v.ID == "") == (v.Token == "") {
		return "", errors.New("which visitor? Give --id or --token, one of the two")
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
	return visitor.Token, v.about(err)
}

// read returns the visitor's token, and all that is kept of them.
func (v oneVisitor) read(ctx context.Context, s *store.Store, out *output) (string, store.VisitorExport, error) {
	token, err := v.token(ctx, s, out)
	if err != nil {
		return "", store.VisitorExport{}, err
	}
	personal, err := s.ExportVisitor(ctx, token)
	return token, personal, v.about(err)
}

// about says which visitor there is none of.
func (v oneVisitor) about(err error) error {
	switch {
	case errors.Is(err, livechat.ErrInvalidVisitor):
		return fmt.Errorf("no visitor has the id %q: `admin visitor find` looks for visitors", v.ID)
	case errors.Is(err, livechat.ErrInvalidToken):
		return errors.New("no visitor has that token")
	}
	return err
}

type visitorFind struct {
	Text text `arg:"" help:"What is part of the name, address, telephone number or username, in whatever case."`
	pacedReads
}

func (visitorFind) Help() string {
	return `There is no index of names and addresses: it reads the whole table, as slowly as --read-units says. Progress is on stderr.

Example:

    admin visitor find mary@example.com`
}

// Validate is called by kong.
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
	out.remark(fmt.Sprintf("found %d of %s", len(found), counted(looked, "visitor")))
	heading := []string{"ID", "USERNAME", "NAME", "ADDRESS", "TELEPHONE", "REGISTERED", "CHANGED"}
	return list(out, found, heading, func(v livechat.Visitor) []string {
		return []string{v.ID, v.Username, orDash(v.Name), orDash(addresses(v)), orDash(numbers(v)), v.Ts.String(), v.UpdatedAt.String()}
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
	Out string `short:"o" placeholder:"FILE" help:"Write to this file, which must not exist, and which its owner alone can read. Default: stdout."`
}

func (visitorExport) Help() string {
	return `One JSON object: format ("livechat-visitor/1"), exportedAt, visitor (the profile), language, rooms, audit, lastAsked (when they were last asked about a chat), unsubscribed, noMail (why, if so: unsubscribed or undeliverable). Each of rooms, the oldest first, has room, messages (the oldest first), answers (every accepted survey call), audit, survey (with its state, and its dueAt while a mail or webhook is still to be sent), links (expiresAt, byMail; no code, which is not kept), comment.

Left out are credentials: the visitor's token, and the hashes of links. What a webhook has delivered already is with whoever received it.

Examples:

    admin visitor export --id 47Dajwh9DjpnTAugW -o visitor.json
    admin visitor export --token - < token.txt`
}

// exportFormat names the shape of the document; a change that readers would not
// understand gets another number.
const exportFormat = "livechat-visitor/1"

type exported struct {
	Format     string        `json:"format"`
	ExportedAt livechat.Time `json:"exportedAt"`
	store.VisitorExport
}

func (c visitorExport) Run(ctx context.Context, s *store.Store, out *output) error {
	_, personal, err := c.read(ctx, s, out)
	if err != nil {
		return err
	}
	document := exported{exportFormat, livechat.At(time.Now()), personal}
	if c.Out == "" {
		return writeDocument(out.stdout, document)
	}
	file, err := os.OpenFile(filepath.Clean(c.Out), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the export can't be written: %w", err)
	}
	if err := errors.Join(writeDocument(file, document), file.Close()); err != nil {
		return fmt.Errorf("the export is not complete: %w", err)
	}
	return out.result(map[string]string{"file": c.Out}, "all that is kept of the visitor is in "+c.Out)
}

func writeDocument(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

type visitorErase struct {
	oneVisitor
	CloseRooms bool `help:"Close the visitor's open room first; without it, a visitor who has one is not erased."`
	Yes        bool `short:"y" help:"Do not ask."`
}

func (visitorErase) Help() string {
	return `It does what the call DELETE livechat/visitor/{token} does: the profile goes, with rooms, messages, answers, comments, links, and surveys that were still to be sent. There is no way back but a backup.

What stays: the audit entries, which have ids and no names; of each survey the facts and the score, which name nobody; that an address wants no more surveys, as a hash; and for some minutes to days, until DynamoDB deletes it, a marker under the visitor's token, which opens nothing. A room that was given to another visitor is that visitor's. A mail that is being sent in this very second may arrive. What a webhook delivered before, and what is in backups of the table, is out of reach.

Examples:

    admin visitor erase --id 47Dajwh9DjpnTAugW
    admin visitor erase --id 47Dajwh9DjpnTAugW --close-rooms --yes`
}

// erased is what went.
type erased struct {
	ID       string `json:"_id"`
	Rooms    int    `json:"rooms"`
	Closed   int    `json:"closed"`
	Messages int    `json:"messages"`
	Answers  int    `json:"answers"`
	Surveys  int    `json:"surveys"`
	Links    int    `json:"links"`
}

func (c visitorErase) Run(ctx context.Context, s *store.Store, out *output) error {
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
		if err := confirm(out, fmt.Sprintf("This erases visitor %s with %s. There is no way back.", gone.ID, gone)); err != nil {
			return err
		}
	}
	if gone.Closed, err = c.erase(ctx, s, token); err != nil {
		return c.about(err)
	}
	return out.result(gone, fmt.Sprintf("visitor %s is erased, with %s", gone.ID, gone))
}

func (e erased) String() string {
	return fmt.Sprintf("%s, %s and %s; surveys that name nobody any more: %d; links that lead nowhere: %d",
		counted(e.Rooms, "room"), counted(e.Messages, "message"), counted(e.Answers, "answer"), e.Surveys, e.Links)
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

// maxRooms is how often a room is closed for a visitor who opens one anew.
const maxRooms = 3

// erase closes the visitor's open room, where that is wanted, and deletes them. It
// returns how many rooms it closed.
func (c visitorErase) erase(ctx context.Context, s *store.Store, token string) (int, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return 0, err
	}
	for closed := 0; ; closed++ {
		now := livechat.At(time.Now())
		_, err := s.DeleteVisitor(ctx, token, now, func(v livechat.Visitor) livechat.AuditEntry {
			return livechat.AuditEntry{ID: livechat.NewID(), Action: livechat.AuditVisitorDeleted, Ts: now, VisitorID: v.ID, UserID: operatorID}
		})
		if !errors.Is(err, livechat.ErrRoomsStillOpen) {
			return closed, err
		}
		if !c.CloseRooms || closed == maxRooms {
			return closed, errors.New("the visitor has opened a room by now: close it, or give --close-rooms")
		}
		if err := closeOpenRoom(ctx, s, settings, token); err != nil {
			return closed, err
		}
	}
}

func closeOpenRoom(ctx context.Context, s *store.Store, settings livechat.Settings, token string) error {
	_, room, err := s.VisitorByToken(ctx, token)
	if err != nil || room == nil {
		return err
	}
	_, err = s.CloseVisitorsRoom(ctx, token, room.ID, func(r livechat.Room) (livechat.Closed, error) {
		if !r.Open {
			return livechat.Closed{}, livechat.ErrRoomClosed
		}
		return closedByOperator(settings, r, "Closed by the operator")
	})
	if errors.Is(err, livechat.ErrRoomClosed) || errors.Is(err, livechat.ErrInvalidRoom) {
		return nil // somebody else has closed it
	}
	return err
}

// confirm asks, and wants a yes.
func confirm(out *output, question string) error {
	out.remark(question + " Type yes to go on:")
	answer, err := bufio.NewReader(out.stdin).ReadString('\n')
	if strings.TrimSpace(answer) == "yes" {
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("nothing was done: %w", err)
	}
	return errors.New("nothing was done: the answer was not yes; --yes does not ask")
}
