package database

import (
	"cmp"
	"slices"
	"sync"
)

// KeyUnits is the capacity that one partition key consumed.
type KeyUnits struct {
	// Index is empty for the table.
	Index string `json:"index"`
	// PK is empty for the units of scans and of dropped cheap keys.
	PK         string  `json:"pk"`
	ReadUnits  float64 `json:"readUnits"`
	WriteUnits float64 `json:"writeUnits"`
}

// charge is the capacity that a call consumed for one partition key.
type charge struct {
	index, pk string
	units
}

// tally adds up units by partition key.
type tally struct {
	mu   sync.Mutex
	keys map[[2]string]units
}

// maxKeys bounds the memory. If there are more keys, the cheaper half is dropped, and its
// units are added to the entry without a key. So the sums stay correct.
const maxKeys = 100_000

func (t *tally) add(charges []charge) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keys == nil {
		t.keys = map[[2]string]units{}
	}
	for _, c := range charges {
		t.addTo([2]string{c.index, c.pk}, c.units)
	}
	if len(t.keys) > maxKeys {
		t.drop()
	}
}

func (t *tally) addTo(key [2]string, more units) {
	sum := t.keys[key]
	sum.add(more)
	t.keys[key] = sum
}

func (t *tally) drop() {
	for _, k := range t.sorted()[maxKeys/2:] {
		delete(t.keys, [2]string{k.Index, k.PK})
		t.addTo([2]string{k.Index, ""}, units{k.ReadUnits, k.WriteUnits})
	}
}

// sorted returns the units of all keys, the most expensive key first. A write unit costs
// five times as much as a read unit.
func (t *tally) sorted() []KeyUnits {
	all := make([]KeyUnits, 0, len(t.keys))
	for key, u := range t.keys {
		all = append(all, KeyUnits{key[0], key[1], rounded(u.read), rounded(u.write)})
	}
	price := func(k KeyUnits) float64 { return k.ReadUnits + 5*k.WriteUnits }
	slices.SortFunc(all, func(a, b KeyUnits) int {
		return cmp.Or(cmp.Compare(price(b), price(a)), cmp.Compare(a.Index, b.Index), cmp.Compare(a.PK, b.PK))
	})
	return all
}

// Keys returns the capacity that each partition key consumed since the start or the last
// ResetKeys, the most expensive key first.
func (p *Proxy) Keys() []KeyUnits {
	p.tally.mu.Lock()
	defer p.tally.mu.Unlock()
	return p.tally.sorted()
}

// ResetKeys resets the units of all partition keys.
func (p *Proxy) ResetKeys() {
	p.tally.mu.Lock()
	defer p.tally.mu.Unlock()
	p.tally.keys = nil
}
