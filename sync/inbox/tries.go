package inbox

import (
	"sync"
	"time"

	"tramhoso/sync/dossier"
)

// Limits of looking up by what can be guessed. Whoever has a dossier here finds it
// at the first or second try; a queue of people who have none is not held up for
// long; and at one number in half a minute, the 200 million that an ID card can
// have take a guesser two centuries.
const (
	maxMisses   = 20
	missForgot  = 30 * time.Second // one miss
	missForgets = maxMisses * missForgot
)

// tries bounds how often somebody looks for what is not here. The zero value is
// ready for use. It begins anew with the program: a restart takes longer than what
// it gives back.
type tries struct {
	mu    sync.Mutex
	full  time.Time // when every miss will be forgotten
	begun time.Time // the newest moment it was told
}

// count runs find unless too many were tried, and counts a miss when it finds
// nothing. A clock that was set back gives no tries back, and takes none.
func (t *tries) count(now time.Time, find func() (int, error)) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.begun) { // what is left of the wait goes with the clock
		t.full = now.Add(max(0, t.full.Sub(t.begun)))
	}
	t.begun = now
	if t.full.Before(now) {
		t.full = now
	}
	if t.full.Sub(now) > missForgets-missForgot {
		return 0, dossier.Errorf(dossier.CodeTries, "too many numbers that are not here")
	}
	n, err := find()
	if err == nil && n == 0 {
		t.full = t.full.Add(missForgot)
	}
	return n, err
}
