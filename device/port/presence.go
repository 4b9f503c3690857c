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

// presence counts how often in a row the node that was opened was not found. Its
// links do not matter meanwhile: udev takes them away for a moment, and gives the
// name of a device to a twin that is plugged in beside it, which a port that
// works must not follow.
type presence struct {
	look func() bool // whether it is here now

	mu     sync.Mutex
	looked time.Time
	misses int
}

// leadsTo looks whether path is, or leads to, the node of st.
func leadsTo(path string, st unix.Stat_t) func() bool {
	return func() bool {
		var now unix.Stat_t
		if err := unix.Stat(path, &now); err != nil {
			return false
		}
		return now.Dev == st.Dev && now.Ino == st.Ino && now.Rdev == st.Rdev
	}
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
	if p.look() {
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
