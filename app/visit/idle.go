package visit

import (
	"context"
	"sync"
	"time"
)

// The idle rule: nothing times out without the countdown.
const (
	CitizenIdle = 90 * time.Second
	StaffIdle   = 10 * time.Minute
	// WaitingIdle is for a citizen who was asked not to leave while a clerk is
	// fetched and the printer helped: a roll takes three minutes to change.
	WaitingIdle  = 10 * time.Minute
	Countdown    = 20 * time.Second
	idleInterval = 250 * time.Millisecond // how often Run looks: a countdown in whole seconds stays smooth
)

// Phase is how near the wipe is.
type Phase string

// The phases.
const (
	Active  Phase = "active"
	Warning Phase = "warning" // the countdown covers everything
	Expired Phase = "expired" // wipe now
)

// Idle watches how long nobody has touched the station. It is safe for use from
// several goroutines.
type Idle struct {
	now   func() time.Time
	mu    sync.Mutex
	last  time.Time
	after time.Duration
	staff bool
	held  bool
}

// NewIdle starts with the citizen's time. The times of now must carry a
// monotonic reading (as time.Now's do): a corrected clock wipes nobody.
func NewIdle(now func() time.Time) *Idle {
	return &Idle{now: now, last: now(), after: CitizenIdle}
}

// Touch says that somebody is there.
func (i *Idle) Touch() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last = i.now()
}

// Staff changes between the citizen's and the staff's time, and touches.
func (i *Idle) Staff(on bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.staff, i.after, i.last = on, CitizenIdle, i.now()
	if on {
		i.after = StaffIdle
	}
}

// Await gives a citizen who waits for a clerk more time, and ends that; a
// change touches, so that whoever sees the slip come out has the usual time to
// take it. Staff keep their own time.
func (i *Idle) Await(on bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	want := CitizenIdle
	if on {
		want = WaitingIdle
	}
	if i.staff || i.after == want {
		return
	}
	i.after, i.last = want, i.now()
}

// Hold stops the watch while a commit runs, and at the start screen, where
// there is nothing to wipe; letting go touches.
func (i *Idle) Hold(on bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.held && !on {
		i.last = i.now()
	}
	i.held = on
}

// Check tells the phase and, in the warning, the seconds left (20 … 1).
func (i *Idle) Check() (Phase, int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	gone := i.now().Sub(i.last)
	if gone < 0 { // the clock was set back: nobody is wiped for that
		i.last, gone = i.now(), 0
	}
	switch left := i.after + Countdown - gone; {
	case i.held || gone < i.after:
		return Active, 0
	case left <= 0:
		return Expired, 0
	default:
		return Warning, int((left + time.Second - 1) / time.Second)
	}
}

// Run tells every change of phase and second until ctx ends. It is for one
// goroutine of the caller; tell is called on it.
func (i *Idle) Run(ctx context.Context, tell func(Phase, int)) {
	tick := time.NewTicker(idleInterval)
	defer tick.Stop()
	phase, left := Active, 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p, n := i.Check()
		if p != phase || n != left {
			phase, left = p, n
			tell(p, n)
		}
	}
}
