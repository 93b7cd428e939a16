package verify

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

// addSuspect is an item that seems wrong, with the kinds of its problems.
type suspect struct {
	key   table.Key
	kinds []string
	since time.Time
}

const (
	// maxSuspects and maxOrphans limit the items that wait to be examined again. Orphans
	// are the items whose repair loses data. They are examined last, because by then the
	// scan has found every room that can't be found by its id.
	maxSuspects = 2000
	maxOrphans  = 20_000
	// examinedAtOnce is the number of items that are examined in parallel.
	examinedAtOnce = 8
)

// tableScan is one run of a verification.
type tableScan struct {
	Verification
	table *table.Table

	partition string
	suspects  []suspect
	orphans   []suspect
	// unfindable reports whether a room or visitor with wrong index keys was left
	// unrepaired.
	unfindable bool

	lock     sync.Mutex
	verified Verified
}

// examinePage examines a page of items in parallel, and the suspects if there are many.
func (w *tableScan) examinePage(ctx context.Context, items []table.Item) error {
	work, working := errgroup.WithContext(ctx)
	work.SetLimit(examinedAtOnce)
	for _, item := range items {
		key := item.Key()
		first := key.PK != w.partition
		w.partition = key.PK
		w.count(item)
		if !first && perPartition(key) {
			continue
		}
		work.Go(func() error {
			problems, err := w.problems(working, item)
			if err == nil {
				w.addSuspect(key, problems)
			}
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if w.Progress != nil {
		w.Progress(w.verified.Items, len(w.suspects)+len(w.orphans))
	}
	if len(w.suspects) > maxSuspects {
		return w.examineAgain(ctx, &w.suspects)
	}
	return nil
}

func (w *tableScan) count(item table.Item) {
	w.verified.Items++
	kind, _, _ := strings.Cut(item.Key().PK, "#")
	if !slices.Contains(knownPartitions, kind) {
		w.verified.Unknown++
	}
	w.verified.Kinds[kind]++
}

// addSuspect lists the item as a suspect or an orphan if it has problems.
func (w *tableScan) addSuspect(key table.Key, problems []Problem) {
	if len(problems) == 0 {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	list, most := &w.suspects, 2*maxSuspects // more than a page can add
	if slices.ContainsFunc(problems, func(p Problem) bool { return p.LosesData }) {
		list, most = &w.orphans, maxOrphans
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

// finish examines the remaining suspects again, the orphans last.
func (w *tableScan) finish(ctx context.Context) error {
	if err := w.examineAgain(ctx, &w.suspects); err != nil {
		return err
	}
	return w.examineAgain(ctx, &w.orphans)
}

// examineAgain examines each suspect again after Settle, and reports the problems that
// remain.
func (w *tableScan) examineAgain(ctx context.Context, list *[]suspect) error {
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

func (w *tableScan) pause(ctx context.Context, d time.Duration) error {
	if d > 0 && w.OnWait != nil {
		w.OnWait(d)
	}
	return table.Pause(ctx, d)
}

// confirm repairs and reports the problems that the item still has, one by one. A repair
// changes the item, so confirm examines the item again before the next problem.
func (w *tableScan) confirm(ctx context.Context, s suspect) error {
	var done []string
	for {
		problems, err := w.remaining(ctx, s, done)
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

// remaining returns the problems that the item had before and still has, except the kinds
// in done.
func (w *tableScan) remaining(ctx context.Context, s suspect, done []string) ([]Problem, error) {
	item, err := w.table.Get(ctx, s.key)
	if err != nil || item == nil {
		return nil, err
	}
	problems, err := w.problems(ctx, item)
	return slices.DeleteFunc(problems, func(p Problem) bool {
		return !slices.Contains(s.kinds, p.Kind) || slices.Contains(done, p.Kind)
	}), err
}

// mend repairs a problem if that is requested and possible.
func (w *tableScan) mend(ctx context.Context, p *Problem) (bool, error) {
	switch {
	case p.repair == nil || !w.Repair:
		return false, nil
	case p.LosesData && !w.Erase:
		p.WhyLeft = "its repair may delete data that is still wanted, so it must be requested separately"
		return false, nil
	case p.LosesData && w.unfindable:
		p.WhyLeft = "a room can't be found by its id, and this may belong to it"
		return false, nil
	}
	err := p.repair(ctx)
	_, lost := errors.AsType[*table.ConditionFailed](err)
	if lost || errors.Is(err, livechat.ErrConflict) {
		p.WhyLeft = "it changed concurrently: another run examines it again"
		return false, nil
	}
	return err == nil, err
}

func (w *tableScan) report(p Problem) {
	w.verified.Problems++
	switch {
	case p.Repaired:
		w.verified.Repaired++
	case p.Kind == kindIndexKeys:
		w.unfindable = true
	}
	w.Found(p)
}
