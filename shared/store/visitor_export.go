package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorExport holds all stored data about a visitor, except the visitor's token, the
// hashes of survey links, and the hash of an unsubscribed address.
type VisitorExport struct {
	Visitor  livechat.Visitor `json:"visitor"`
	Language string           `json:"language,omitempty"`
	// Rooms are the visitor's rooms, oldest first.
	Rooms []RoomExport `json:"rooms"`
	// Audit holds the audit entries about the visitor.
	Audit []livechat.AuditEntry `json:"audit"`
	// LastAsked holds the time at which the visitor was last surveyed about a chat.
	LastAsked *livechat.Asked `json:"lastAsked,omitempty"`
	// Unsubscribed reports whether surveys are no longer sent to the visitor's address.
	// NoMail is the reason, either unsubscribed or undeliverable.
	Unsubscribed bool   `json:"unsubscribed"`
	NoMail       string `json:"noMail,omitempty"`
}

// RoomExport holds a room and all its data.
type RoomExport struct {
	Room     livechat.Room          `json:"room"`
	Messages []livechat.Message     `json:"messages"`
	Answers  []livechat.AnswerEntry `json:"answers"`
	Audit    []livechat.AuditEntry  `json:"audit"`
	// Survey is the room's survey. While the survey is scheduled or sent, a mail or
	// webhook may be in flight at the survey's dueAt.
	Survey  *livechat.Survey  `json:"survey,omitempty"`
	Links   []LinkExport      `json:"links,omitempty"`
	Comment *livechat.Comment `json:"comment,omitempty"`
}

// LinkExport describes a survey link that was sent to the visitor.
type LinkExport struct {
	ExpiresAt livechat.Time `json:"expiresAt"`
	// ByMail reports whether the link was mailed. Otherwise the operator's own system
	// delivered it.
	ByMail bool `json:"byMail"`
}

// ExportVisitor returns all stored data about the visitor with the token. The data is not
// a consistent snapshot if it changes while it is read. It fails with
// [livechat.ErrInvalidToken].
func (s *Store) ExportVisitor(ctx context.Context, token string) (VisitorExport, error) {
	personal, err := s.personal(ctx, token)
	if err != nil {
		return VisitorExport{}, fmt.Errorf("personal data: %w", err)
	}
	return personal, nil
}

func (s *Store) personal(ctx context.Context, token string) (VisitorExport, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.VisitorPartition(token)})
	if err != nil {
		return VisitorExport{}, err
	}
	found := VisitorExport{Rooms: []RoomExport{}}
	var rooms []livechat.Room
	for _, item := range items {
		switch sort := item.Key().SK; {
		case sort == layout.SortProfile:
			found.Visitor, err = layout.DecodeVisitor(item)
			found.Language = found.Visitor.Language
		case sort == layout.SortAsked:
			found.LastAsked = new(livechat.Asked)
			err = item.Decode(found.LastAsked)
		case sort == layout.SortOpen && layout.HasRoom(item), strings.HasPrefix(sort, layout.PrefixRoom):
			var room livechat.Room
			room, err = layout.DecodeRoom(item)
			rooms = append(rooms, room)
		}
		if err != nil {
			return VisitorExport{}, err
		}
	}
	if found.Visitor.ID == "" {
		return VisitorExport{}, livechat.ErrInvalidToken
	}
	rooms = slices.DeleteFunc(rooms, func(r livechat.Room) bool {
		// The room belongs to an earlier visitor with the token, who is being deleted.
		return r.Visitor.ID != found.Visitor.ID
	})
	slices.SortStableFunc(rooms, func(a, b livechat.Room) int { return cmp.Compare(a.OpenedAt, b.OpenedAt) })
	for _, room := range rooms {
		personal, err := s.personalRoom(ctx, room)
		if err != nil {
			return VisitorExport{}, fmt.Errorf("room %s: %w", room.ID, err)
		}
		found.Rooms = append(found.Rooms, personal)
	}
	found.Audit, err = s.Audit(ctx, found.Visitor.ID)
	if err != nil {
		return VisitorExport{}, err
	}
	recipient := []livechat.Recipient{{Visitor: &found.Visitor}}
	err = s.MarkNoMail(ctx, recipient)
	found.NoMail = recipient[0].NoMailReason
	found.Unsubscribed = found.NoMail != ""
	found.Visitor.Token = ""
	return found, err
}

func (s *Store) personalRoom(ctx context.Context, seen livechat.Room) (RoomExport, error) {
	seen, err := s.WithLongAnswers(ctx, seen)
	if err != nil {
		return RoomExport{}, err
	}
	room := RoomExport{Room: seen.WithoutToken(), Messages: []livechat.Message{}}
	_, err = s.readMessages(ctx, seen, 0, math.MaxInt32, searchedAtOnce, func(m livechat.Message) bool {
		room.Messages = append(room.Messages, m.WithParsedText().WithoutToken())
		return true
	})
	if err != nil {
		return room, err
	}
	slices.Reverse(room.Messages)
	if room.Answers, err = s.AnswerHistory(ctx, seen.ID); err != nil {
		return room, err
	}
	if room.Audit, err = s.Audit(ctx, seen.ID); err != nil {
		return room, err
	}
	asked, err := s.Survey(ctx, seen.ID)
	if err != nil || asked == nil {
		return room, err
	}
	room.Comment = asked.Comment(seen.SurveyFeedback)
	if room.Links, err = s.personalLinks(ctx, asked.Links); err != nil {
		return room, err
	}
	asked.Visitor, asked.Links = nil, nil
	room.Survey = asked
	return room, nil
}

func (s *Store) personalLinks(ctx context.Context, hashes []string) ([]LinkExport, error) {
	var links []LinkExport
	for batch := range slices.Chunk(hashes, table.MaxKeys) {
		var keys []table.Key
		for _, hash := range batch {
			keys = append(keys, layout.LinkKey(hash))
		}
		items, err := s.table.BatchGet(ctx, keys...)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			var link livechat.Link
			if err := items[key].Decode(&link); err != nil {
				return nil, err
			}
			if items[key] != nil {
				links = append(links, LinkExport{ExpiresAt: link.ExpiresAt, ByMail: link.Address != ""})
			}
		}
	}
	return links, nil
}

// EachVisitor calls f for every visitor, in no particular order, until f fails. It reads
// the whole table.
func (s *Store) EachVisitor(ctx context.Context, f func(livechat.Visitor) error) error {
	err := s.table.Scan(ctx, func(items []table.Item) error {
		for _, item := range items {
			key := item.Key()
			if key.SK != layout.SortProfile || key.PK != layout.VisitorPartition(item.Text("token")) {
				continue
			}
			visitor, err := layout.DecodeVisitor(item)
			if err != nil {
				return err
			}
			if err := f(visitor); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("visitors: %w", err)
	}
	return nil
}
