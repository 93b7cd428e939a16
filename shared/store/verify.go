package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Problem is an invariant that the table does not keep.
type Problem struct {
	// Key is where. A visitor's partition has their token in it.
	Key table.Key
	// Kind is a word for what is wrong, such as "orphaned-messages".
	Kind string
	// Says is what is wrong, by ids: no names, tokens or texts.
	Says string
	// Mend is what a repair does about it; empty where nobody but a person can tell
	// what is right: then Why says why.
	Mend, Why string
	// Loses says that the repair deletes what might still be wanted.
	Loses bool
	// Repaired says that it is mended.
	Repaired bool

	repair func(context.Context) error
}

// Verification looks at every item of the table, and at what each refers to.
//
// A live service beside it changes what it looks at: what seems wrong is looked at
// again, by consistent reads, when every call that can have been in the middle of
// something has ended. A repair writes on the condition that what it was computed
// from is still the same.
//
// It holds a page of the table, the keys of one room's messages, one number per
// agent, and the keys of what seems wrong, some thousands at most.
type Verification struct {
	Store *Store
	// Settle is for how long what seems wrong is left alone before it is looked at
	// again: longer than any call of the service may take.
	Settle time.Duration
	// Repair has problems mended, Erase those too whose repair loses something.
	Repair, Erase bool
	// Now is what ages are measured by.
	Now func() livechat.Time
	// Close closes a room that is one too many.
	Close func(livechat.Room) (livechat.Closed, error)
	// Found is called with each problem, once it is repaired or left.
	Found func(Problem)
	// Progress, when there is one, is called now and then with how many items were
	// looked at, and how many seem wrong and wait to be looked at again.
	Progress func(items, waiting int)
	// Waits, when there is one, is called before it waits for so long.
	Waits func(time.Duration)
}

// Verified is what a verification went through.
type Verified struct {
	Items int `json:"items"`
	// Kinds counts the items by the first part of their partition key.
	Kinds map[string]int `json:"kinds"`
	// Unknown counts those of which this version does not know what they are.
	Unknown  int `json:"unknown"`
	Problems int `json:"problems"`
	Repaired int `json:"repaired"`
	// Unchecked counts what seemed wrong and was more than is kept: another run
	// looks at it.
	Unchecked int `json:"unchecked"`
}

// Run goes through the table.
func (v Verification) Run(ctx context.Context) (Verified, error) {
	w := &walk{Verification: v, verified: Verified{Kinds: map[string]int{}}}
	err := v.Store.table.Scan(ctx, func(items []table.Item) error { return w.page(ctx, items) })
	if err == nil {
		err = w.finish(ctx)
	}
	if err != nil {
		return w.verified, fmt.Errorf("verify: %w", err)
	}
	return w.verified, nil
}

// suspect is an item that seems to be wrong.
type suspect struct {
	key   table.Key
	kinds []string
	since time.Time
}

const (
	// mostSuspects are kept until they are looked at again, mostOrphans of what
	// seems to belong to nothing: that is looked at last, when every room that can't
	// be found by its id has been seen.
	mostSuspects = 2000
	mostOrphans  = 20_000
	// looksAtOnce is how many items are looked at side by side.
	looksAtOnce = 8
)

// walk is one run of a verification.
type walk struct {
	Verification

	partition string
	suspects  []suspect
	orphans   []suspect
	// unfindable says that a room or visitor was left whose index key is wrong.
	unfindable bool

	lock     sync.Mutex
	verified Verified
}

func (w *walk) page(ctx context.Context, items []table.Item) error {
	looks, looking := errgroup.WithContext(ctx)
	looks.SetLimit(looksAtOnce)
	for _, item := range items {
		key := item.Key()
		first := key.PK != w.partition
		w.partition = key.PK
		w.count(item)
		if !first && perPartition(key) {
			continue
		}
		looks.Go(func() error {
			problems, err := w.problems(looking, item)
			if err == nil {
				w.suspect(key, problems)
			}
			return err
		})
	}
	if err := looks.Wait(); err != nil {
		return err
	}
	if w.Progress != nil {
		w.Progress(w.verified.Items, len(w.suspects)+len(w.orphans))
	}
	if len(w.suspects) > mostSuspects {
		return w.again(ctx, &w.suspects)
	}
	return nil
}

func (w *walk) count(item table.Item) {
	w.verified.Items++
	kind, _, _ := strings.Cut(item.Key().PK, "#")
	if !slices.Contains(knownPartitions, kind) {
		w.verified.Unknown++
	}
	w.verified.Kinds[kind]++
}

func (w *walk) suspect(key table.Key, problems []Problem) {
	if len(problems) == 0 {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	list, most := &w.suspects, 2*mostSuspects // more than a page can add
	if slices.ContainsFunc(problems, func(p Problem) bool { return p.Loses }) {
		list, most = &w.orphans, mostOrphans
	}
	if len(*list) >= most {
		w.verified.Unchecked++
		return
	}
	s := suspect{key: key, since: time.Now()}
	for _, p := range problems {
		s.kinds = append(s.kinds, p.Kind)
	}
	*list = append(*list, s)
}

// finish looks at all that is left over, and at what can be told at the end only.
func (w *walk) finish(ctx context.Context) error {
	if err := w.again(ctx, &w.suspects); err != nil {
		return err
	}
	if err := w.again(ctx, &w.orphans); err != nil {
		return err
	}
	return w.loads(ctx)
}

// again looks at suspects when their time has come, and reports what is still
// wrong.
func (w *walk) again(ctx context.Context, list *[]suspect) error {
	for _, s := range *list {
		if err := w.pause(ctx, time.Until(s.since.Add(w.Settle))); err != nil {
			return err
		}
		if err := w.confirm(ctx, s); err != nil {
			return err
		}
	}
	*list = nil
	return nil
}

func (w *walk) pause(ctx context.Context, d time.Duration) error {
	if d > 0 && w.Waits != nil {
		w.Waits(d)
	}
	return table.Pause(ctx, d)
}

// confirm reports the problems that the item still has. After a repair the item is
// another: it is looked at anew for the rest.
func (w *walk) confirm(ctx context.Context, s suspect) error {
	var done []string
	for {
		problems, err := w.still(ctx, s, done)
		if err != nil || len(problems) == 0 {
			return err
		}
		p := problems[0]
		if p.Repaired, err = w.mend(ctx, &p); err != nil {
			return fmt.Errorf("%s: %w", p.Kind, err)
		}
		done = append(done, p.Kind)
		w.report(p)
	}
}

// still returns the problems that the item had before, and has, but for those that
// are done.
func (w *walk) still(ctx context.Context, s suspect, done []string) ([]Problem, error) {
	item, err := w.Store.table.Get(ctx, s.key)
	if err != nil || item == nil {
		return nil, err
	}
	problems, err := w.problems(ctx, item)
	return slices.DeleteFunc(problems, func(p Problem) bool {
		return !slices.Contains(s.kinds, p.Kind) || slices.Contains(done, p.Kind)
	}), err
}

// mend repairs a problem, where that is wanted and can be done.
func (w *walk) mend(ctx context.Context, p *Problem) (bool, error) {
	switch {
	case p.repair == nil || !w.Repair:
		return false, nil
	case p.Loses && !w.Erase:
		p.Why = "its repair deletes what might still be wanted; it is done when that is asked for, too"
		return false, nil
	case p.Loses && w.unfindable:
		p.Why = "a room can't be found by its id, and this may belong to it"
		return false, nil
	}
	err := p.repair(ctx)
	_, lost := errors.AsType[*table.ConditionFailed](err)
	if lost || errors.Is(err, errChanged) {
		p.Why = "it changed meanwhile: another run looks at it anew"
		return false, nil
	}
	return err == nil, err
}

func (w *walk) report(p Problem) {
	w.verified.Problems++
	switch {
	case p.Repaired:
		w.verified.Repaired++
	case p.Kind == kindIndexKeys:
		w.unfindable = true
	}
	w.Found(p)
}

// knownPartitions are the first parts of all partition keys.
var knownPartitions = []string{
	"VISITOR", "SURVEY", "LINK", "ASKED", "UNSUBSCRIBED", "COMMENTS", "QUESTIONNAIRES", partitionRollups, partitionStale,
	"MESSAGES", "ANSWERS", "AUDIT", partitionAgents, partitionDepartments, "USER", "USERNAME", sortSettings, "COUNTER", "RATE", "RETENTION",
}

// perPartition says of which items one is looked at for all of the partition.
func perPartition(key table.Key) bool { return strings.HasPrefix(key.PK, messagesPartition("")) }

// kindIndexKeys is an item that the indexes do not have where it belongs.
const kindIndexKeys = "index-keys"

// problems says what is wrong with an item, as it is and beside what it refers to.
func (w *walk) problems(ctx context.Context, item table.Item) ([]Problem, error) {
	key := item.Key()
	kind, id, _ := strings.Cut(key.PK, "#")
	problems, err := w.problemsOf(ctx, kind, id, key.SK, item)
	if err != nil {
		return nil, err
	}
	for i := range problems {
		if problems[i].Key == (table.Key{}) {
			problems[i].Key = key
		}
	}
	return problems, nil
}

func (w *walk) problemsOf(ctx context.Context, kind, id, sort string, item table.Item) ([]Problem, error) {
	switch kind {
	case "VISITOR":
		return w.inVisitor(ctx, id, sort, item)
	case "MESSAGES":
		return w.ofRoom(ctx, "messages", id, item.Key().PK)
	case "ANSWERS":
		return w.answer(ctx, id, item)
	case "AUDIT":
		return w.audit(item), nil
	case "SURVEY":
		return w.survey(ctx, id, item)
	case "LINK":
		return w.linkItem(ctx, item)
	case "COMMENTS":
		return w.comment(ctx, item)
	case "USER":
		return w.inUser(ctx, id, sort, item)
	case "USERNAME":
		return w.username(ctx, id, item)
	case partitionAgents:
		return w.agent(ctx, sort)
	case sortSettings:
		return w.settings(item)
	}
	return nil, nil
}

func one(p Problem) []Problem { return []Problem{p} }

// unreadable is an item that is not what its key says it is.
func unreadable(what string) []Problem {
	return one(Problem{
		Kind: "unreadable", Says: what + " is not what its key says",
		Why: "what it was is to be had from a backup only",
	})
}

// expiredLongAgo is an item that DynamoDB should have deleted, which it does within
// days.
func (w *walk) expiredLongAgo(item table.Item) []Problem {
	expires, err := expiryOf(item)
	if err != nil || expires == 0 || expires > seconds(w.Now().Add(-expiryLag)) {
		return nil
	}
	key := item.Key()
	return one(Problem{
		Kind: "expired", Says: "expired more than a week ago and is still there: is the table's time to live on?",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.table.Delete(ctx, key, fieldExpiry+" = :expires", nil, table.Values{":expires": expires})
		},
	})
}

// expiryOf is when the item expires; 0 for never.
func expiryOf(item table.Item) (int64, error) {
	var kept struct {
		Expires int64 `json:"expires"`
	}
	err := item.Decode(&kept)
	return kept.Expires, err
}

const expiryLag = 7 * 24 * time.Hour

// setIndexKeys is what is wrong with the index keys of an item; false where they
// are as wanted.
func (w *walk) setIndexKeys(item table.Item, wanted map[string]string) (Problem, bool) {
	key := item.Key()
	var set, remove []string
	values, wrong := table.Values{}, []string{}
	for _, name := range []string{indexKey, dueIndexPK, dueIndexSK} {
		value := wanted[name]
		if item.Text(name) == value && (value != "" || item[name] == nil) {
			continue
		}
		wrong = append(wrong, name)
		if value == "" {
			remove = append(remove, name)
			continue
		}
		set = append(set, name+" = :"+name)
		values[":"+name] = value
	}
	if len(wrong) == 0 {
		return Problem{}, false
	}
	expression, condition := "", ifPresent+" AND attribute_not_exists(version)"
	if item["version"] != nil {
		expression, condition = "ADD version :one", ifUnchanged
		values[":one"], values[":version"] = 1, version(item)
	}
	if len(set) > 0 {
		expression = "SET " + strings.Join(set, ", ") + " " + expression
	}
	if len(remove) > 0 {
		expression = "REMOVE " + strings.Join(remove, ", ") + " " + expression
	}
	return Problem{
		Kind: kindIndexKeys, Says: "is not where it belongs in the indexes: " + strings.Join(wrong, ", "),
		Mend: "set its index keys anew",
		repair: func(ctx context.Context) error {
			_, err := w.Store.table.Update(ctx, key, table.Change{
				Expression: expression, If: condition, Values: values,
			})
			return err
		},
	}, true
}
