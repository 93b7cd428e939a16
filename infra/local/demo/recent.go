package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/survey"
)

//go:embed recent.json
var recentDocument []byte

// recent is invented data that makes a laptop's desk and report look like those of a shop
// that has been open for some weeks.
type recent struct {
	Departments []livechat.Department `json:"departments"`
	// Agents include the published ones, which serve rooms here, too.
	Agents []agent `json:"agents"`
	// Chats are the conversations of closed rooms. Their visitors come back again and
	// again, but comment only once.
	Chats []chat `json:"chats"`
	// Open are the conversations that are still going on.
	Open []chat `json:"open"`
}

type agent struct {
	livechat.User
	Department string `json:"department"`
}

type chat struct {
	Language   string `json:"language"`
	Name       string `json:"name"`
	Department string `json:"department"`
	// Lines alternate between the visitor and the agent.
	Lines        []string `json:"lines"`
	Satisfaction string   `json:"satisfaction"`
	Comment      string   `json:"comment"`
	// Minutes is how long ago an open chat began.
	Minutes int `json:"minutes"`
}

const (
	recentDays = 42
	// newestClosing leaves time for a survey to be sent and answered, so that none is due
	// and the laptop's mailbox starts empty.
	newestClosing = 4 * time.Hour
	maxThinking   = 2 * time.Hour
	// One in commentEvery rooms has a comment, after the first rooms.
	firstComment, commentEvery = 24, 7
	// writesAtOnce is the number of parallel imports.
	writesAtOnce = 16
)

// SeedRecent stores rooms, surveys and comments of the weeks before now, once. It needs
// the data of Seed.
func SeedRecent(ctx context.Context, s *store.Store, now time.Time) error {
	var r recent
	if err := json.Unmarshal(recentDocument, &r); err != nil {
		return fmt.Errorf("recent demo data: %w", err)
	}
	existing, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	// The departments are stored last, so that an interrupted seeding is repeated.
	if slices.Contains(existing, r.Departments[0]) {
		return nil
	}
	h, err := newHistory(r, existing, now)
	if err != nil {
		return err
	}
	for _, a := range r.Agents {
		department, _ := livechat.FindDepartment(h.departments, a.Department)
		a.Roles, a.Active, a.CreatedAt = []string{livechat.RoleAgent}, true, livechat.At(now.AddDate(0, 0, -recentDays))
		if err := putUser(ctx, s, a.User, department.ID); err != nil {
			return fmt.Errorf("user %s: %w", a.Username, err)
		}
	}
	if err := h.put(ctx, s); err != nil {
		return fmt.Errorf("recent demo data: %w", err)
	}
	for _, department := range r.Departments {
		if err := s.AddDepartment(ctx, department); err != nil {
			return fmt.Errorf("department %s: %w", department.Name, err)
		}
	}
	return nil
}

// history invents the rooms.
type history struct {
	recent
	now         livechat.Time
	rules       survey.Rules
	departments []livechat.Department
	// chance has a fixed seed, so that every laptop has the same history.
	chance *rand.Rand
	rooms  int
	// visitors holds the rooms' visitors, by name.
	visitors map[string]livechat.Visitor
}

func newHistory(r recent, existing []livechat.Department, now time.Time) (*history, error) {
	standard, err := settings.New(settings.Changes{})
	if err != nil {
		return nil, err
	}
	rules, err := survey.RulesOf(standard, "")
	if err != nil {
		return nil, err
	}
	return &history{
		recent: r, now: livechat.At(now), rules: rules, departments: slices.Concat(existing, r.Departments),
		chance: rand.New(rand.NewPCG(1, 2)), visitors: map[string]livechat.Visitor{},
	}, nil
}

func (h *history) put(ctx context.Context, s *store.Store) error {
	writing, ctx := errgroup.WithContext(ctx)
	writing.SetLimit(writesAtOnce)
	for day := recentDays; day >= 0; day-- {
		date := h.now.Time().AddDate(0, 0, -day)
		for range h.chatsOn(date.Weekday()) {
			at := time.Date(date.Year(), date.Month(), date.Day(), 8, h.chance.IntN(600), h.chance.IntN(60), 0, time.UTC)
			if at.After(h.now.Time().Add(-newestClosing)) {
				continue
			}
			closed := h.closed(livechat.At(at), float64(recentDays-day)/recentDays)
			writing.Go(func() error {
				return errors.Join(s.PutMessages(ctx, closed.Messages), s.PutClosedRoom(ctx, closed.Room, closed.Survey))
			})
		}
	}
	for _, c := range h.Open {
		at := h.now.Add(-time.Duration(c.Minutes) * time.Minute)
		change := h.conversation(c, c.Department, at)
		writing.Go(func() error { return errors.Join(s.PutMessages(ctx, change.Messages), s.PutRoom(ctx, change.Room)) })
	}
	for _, v := range h.visitors {
		writing.Go(func() error { return s.PutVisitor(ctx, v) })
	}
	return writing.Wait()
}

func (h *history) chatsOn(day time.Weekday) int {
	if day == time.Saturday || day == time.Sunday {
		return h.chance.IntN(2)
	}
	return 3 + h.chance.IntN(4)
}

// closed returns a closed room. Visitors grow more content with progress, from 0 to 1.
// Only rooms with a comment have messages, because each message is a write that delays
// the laptop's start.
func (h *history) closed(at livechat.Time, progress float64) livechat.Closed {
	c := h.Chats[h.chance.IntN(len(h.Chats))]
	// The chats' comments are spread over the rooms of the last weeks.
	n := h.rooms - firstComment
	commented := n >= 0 && n%commentEvery == 0 && n/commentEvery < len(h.Chats)
	if commented {
		c = h.Chats[n/commentEvery]
	}
	department := c.Department
	if !commented && h.chance.IntN(8) == 0 {
		department = "" // the visitor chose no department
	}
	change := h.conversation(c, department, at)
	by := livechat.User{ID: change.Room.ServedBy.ID, Username: change.Room.ServedBy.Username}
	said := change.Messages
	change = change.Room.Close(livechat.CloseParams{Now: change.Room.UpdatedAt.Add(time.Minute), By: &by, NewID: livechat.NewID})
	change.Messages = slices.Concat(said, change.Messages)
	s := h.rules.AtClosing(change.Room)
	sent := change.Room.ClosedAt.Add(time.Hour)
	switch chance := h.chance.Float64(); {
	case commented || chance < 0.45:
		s.SentAt, s.Channel = sent, livechat.ChannelEmail
		answers := h.answers(c, commented, progress)
		entry := livechat.AnswerEntry{Ts: sent.Add(time.Duration(h.chance.Int64N(int64(maxThinking)))), Channel: livechat.ChannelEmail}
		change.Room = change.Room.Answer(answers, false, entry.Ts)
		s = s.Answer(entry, change.Room.SurveyFeedback)
	case chance < 0.53:
		s = s.Skip(livechat.SkipTooSoon)
	case chance < 0.56:
		s = s.Skip(livechat.SkipCameBack)
	default:
		s.Channel = livechat.ChannelEmail
		s, _ = h.rules.Delivered(s, livechat.Invitation, sent)
		if s.ExpiresAt <= h.now {
			s.State, s.DueAt = livechat.SurveyExpired, 0
		}
	}
	if !commented {
		change.Messages, change.Room.MaxMessageBytes = nil, 0 // as imported without its messages
	}
	return livechat.Closed{Change: change, Survey: s}
}

// answers returns the commented chat's own answers, or invented ones.
func (h *history) answers(c chat, commented bool, progress float64) livechat.Answers {
	if commented {
		return livechat.Answers{
			"satisfaction": c.Satisfaction, "agentFriendliness": h.near(c.Satisfaction), "agentKnowledge": h.near(c.Satisfaction),
			livechat.AdditionalFeedback: c.Comment,
		}
	}
	satisfaction := strconv.Itoa(4 + h.chance.IntN(2))
	if h.chance.Float64() > 0.6+0.3*progress {
		satisfaction = strconv.Itoa(1 + h.chance.IntN(3))
	}
	return livechat.Answers{"satisfaction": satisfaction, "agentFriendliness": h.near(satisfaction),
		"agentKnowledge": h.near(satisfaction), "agentResposiveness": h.near(satisfaction)}
}

// near returns the rating, or one that is one higher or lower.
func (h *history) near(rating string) string {
	n, _ := strconv.Atoi(rating) // a rating is a number
	return strconv.Itoa(min(5, max(1, n+h.chance.IntN(3)-1)))
}

// agentOf returns one of the department's agents.
func (h *history) agentOf(department string) livechat.User {
	var all []livechat.User
	for _, a := range h.Agents {
		if a.Department == department || department == "" {
			all = append(all, a.User)
		}
	}
	return all[h.chance.IntN(len(all))]
}

// conversation returns an open room with the chat's lines.
func (h *history) conversation(c chat, department string, at livechat.Time) livechat.Change {
	h.rooms++
	visitor, ref := h.visitor(c, at), ""
	if d, found := livechat.FindDepartment(h.departments, department); found {
		ref = d.ID
	}
	agent := h.agentOf(department)
	room := livechat.Room{
		ID: fmt.Sprintf("recentDemoRoom%03d", h.rooms), Type: "l", Name: c.Name, DepartmentID: ref,
		Visitor: livechat.RoomVisitor{ID: visitor.ID, Username: visitor.Username, Token: visitor.Token, Status: visitor.Status},
		Source:  &livechat.Source{Type: "widget"}, Open: true, SystemMessages: true, WaitingResponse: true, UsersCount: 1,
		PriorityWeight: livechat.DefaultPriority, EstimatedWaitingTimeQueue: livechat.DefaultWait,
		OpenedAt: at, QueuedAt: at, LastActivityAt: at, UpdatedAt: at,
	}
	change := room.Take(agent.NewAgent(), livechat.NewID, at)
	for i, line := range c.Lines {
		at = at.Add(time.Duration(10+h.chance.IntN(50)) * time.Second)
		m := change.Room.VisitorMessage("", line, at)
		if i%2 == 1 {
			m = change.Room.UserMessage(agent, line, at)
		}
		change = change.Post(m, livechat.NewID)
	}
	return change
}

// visitor returns the chat's visitor, who registered at the first of their chats.
func (h *history) visitor(c chat, at livechat.Time) livechat.Visitor {
	v, known := h.visitors[c.Name]
	if known {
		return v
	}
	number := fmt.Sprintf("%03d", len(h.visitors)+1)
	v = livechat.NewVisitor("recentDemoVstr"+number, "demo-visitor-recent-"+number, at)
	v.Username, v.Name, v.Language = "recent-"+number, c.Name, c.Language
	v.Emails = []livechat.Email{{Address: "visitor-" + number + "@example.net"}}
	h.visitors[c.Name] = v
	return v
}
