package port

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lookEvery is how often a path is looked at while something is missing,
	// or while no events can be had.
	lookEvery = 250 * time.Millisecond
	// lookSeldom is how often it is looked at all the same where events are
	// had: they may be missed, and two seconds more hurt nobody.
	lookSeldom = 2 * time.Second
	// missesToGone misses in a row make a device gone (odoo#244076: a
	// flapping hub must not end a visit).
	missesToGone = 3
)

// presence watches whether a path still leads to the node that was opened. A
// link that now points elsewhere is a miss like a missing one.
type presence struct {
	path           string
	dev, ino, rdev uint64

	mu     sync.Mutex
	looked time.Time
	misses int
}

// here looks once, without memory.
func (p *presence) here() bool {
	var st unix.Stat_t
	if err := unix.Stat(p.path, &st); err != nil {
		return false
	}
	return st.Dev == p.dev && st.Ino == p.ino && st.Rdev == p.rdev
}

// gone looks, at most every lookEvery, and counts.
func (p *presence) gone(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.misses >= missesToGone {
		return true
	}
	if !p.looked.IsZero() && now.Sub(p.looked) < lookEvery {
		return false
	}
	p.looked = now
	if p.here() {
		p.misses = 0
		return false
	}
	p.misses++
	return p.misses >= missesToGone
}

// missing says whether the last look missed.
func (p *presence) missing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.misses > 0
}
