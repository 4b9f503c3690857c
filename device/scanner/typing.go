package scanner

import "time"

const (
	// keyGap is the longest pause between two keys of a scanner. Keyboard
	// wedges type at 1 to 20 ms a key; a held key repeats every 33 ms and more.
	keyGap = 30 * time.Millisecond
	// burstKeys is how many keys that fast no person types, also when a busy
	// machine hands over those of a second at once. Codes of ours are longer.
	burstKeys = 12
	// burstKinds keeps a key that is held down from being taken for a scanner.
	burstKinds = 4
	// wedgeKeys and wedgeKinds are the same where a scanner is known to be among
	// the keyboards: then the shortest codes of shops, eight digits, are caught.
	wedgeKeys, wedgeKinds = 6, 3
	// burstEnd is the silence after which a person may be typing again; the
	// Enter of a scanner comes before.
	burstEnd = 200 * time.Millisecond
)

// Key is what a typed key belongs to.
type Key int

// The verdicts.
const (
	KeyMore    Key = iota // goes on with what was begun
	KeyFirst              // the first after a pause: what comes may be a burst
	KeyMachine            // no person types that fast: all since KeyFirst is a scanner's
)

// Typing tells a scanner in keyboard mode from a person by its speed. The zero
// value is ready for use. It is pure: times come with the keys, and must not
// run backwards. No key is kept.
type Typing struct {
	Wedge bool // a scanner is among the keyboards: less is needed to know it

	last    time.Time
	keys    int
	kinds   [burstKinds]rune
	known   int
	machine bool
}

// Key hears one key; Enter and Tab are '\r' and '\t'.
func (t *Typing) Key(r rune, at time.Time) Key {
	gap := at.Sub(t.last)
	t.last = at
	if t.machine {
		if gap <= burstEnd {
			return KeyMachine
		}
		*t = Typing{Wedge: t.Wedge, last: at}
	} else if t.keys > 0 && gap > keyGap {
		*t = Typing{Wedge: t.Wedge, last: at}
	}
	t.keys++
	t.count(r)
	keys, kinds := burstKeys, burstKinds
	if t.Wedge {
		keys, kinds = wedgeKeys, wedgeKinds
	}
	switch {
	case t.keys == 1:
		return KeyFirst
	case t.keys >= keys && t.known >= kinds:
		t.machine = true
		t.kinds, t.known = [burstKinds]rune{}, 0
		return KeyMachine
	}
	return KeyMore
}

// count counts the different keys of a burst, up to as many as matter.
func (t *Typing) count(r rune) {
	for _, k := range t.kinds[:t.known] {
		if k == r {
			return
		}
	}
	if t.known < burstKinds {
		t.kinds[t.known] = r
		t.known++
	}
}
