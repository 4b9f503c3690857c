package upkeep

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/dossier"
)

// Ports is what upkeep needs from the rest of the station.
type Ports struct {
	Now   func() time.Time
	Facts func() Facts
	Test  func(ctx context.Context, p Part) error // asks one part to show that it works
	// Pause stops sending for d, 0 lets it go on; by is the staff id that the audit
	// log names. nil: nothing is sent from here.
	Pause func(ctx context.Context, d time.Duration, by string) error
	// Probes examine the way to the portal, for one examination. nil: there is none.
	Probes func() Probes
	// Findings are what the check of the storage found and nobody has looked at;
	// SeeFindings ends some of them, by being the staff id likewise. nil: there is no
	// storage.
	Findings    func() []Found
	SeeFindings func(ctx context.Context, list []Found, by string) error
}

// State is a snapshot for the screen.
type State struct {
	Lines   []Line
	ToFix   int
	Testing bool
	Scan    TestScan // what the printer's test waits for
	Sending Sending
}

// Upkeep is the technician's side of a station. Use New.
type Upkeep struct {
	ports   Ports
	tests   map[Part]result
	running map[Part]bool
}

type result struct {
	at   time.Time
	ok   bool
	code dossier.Code
	why  string
}

// New makes the technician's side.
func New(p Ports) *Upkeep {
	return &Upkeep{ports: p, tests: map[Part]result{}, running: map[Part]bool{}}
}

// State returns a snapshot for the screen.
func (u *Upkeep) State() State {
	facts := u.ports.Facts()
	s := State{Lines: Lines(facts), Testing: len(u.running) > 0, Scan: facts.Scan, Sending: facts.Sending}
	for i := range s.Lines {
		l := &s.Lines[i]
		r := u.tests[l.Part]
		l.Testing, l.TestedAt, l.TestOK, l.Code, l.Why = u.running[l.Part], r.at, r.ok, r.code, r.why
	}
	s.ToFix = toFix(s.Lines)
	return s
}

// CanExamine reports whether the way to the portal can be examined here.
func (u *Upkeep) CanExamine() bool { return u.ports.Probes != nil }

// Examine goes along the way to the portal, which may take a probe's time for each
// link. It may be called from any goroutine.
func (u *Upkeep) Examine(ctx context.Context) Findings {
	return Examine(ctx, u.ports.Probes(), u.ports.Now)
}

// CanPause reports whether sending can be paused here.
func (u *Upkeep) CanPause() bool { return u.ports.Pause != nil }

// Pause stops sending for d; 0 lets it go on.
func (u *Upkeep) Pause(ctx context.Context, d time.Duration, by string) error {
	return u.ports.Pause(ctx, d, by)
}

// Failure is a test that was not passed, with the key of a phrase that says why.
type Failure struct {
	Why string
	Err error
}

func (f Failure) Error() string { return f.Err.Error() }
func (f Failure) Unwrap() error { return f.Err }

// Result is the outcome of one test.
type Result struct {
	Part  Part
	Err   error
	Ended bool // before its end, because nobody waits for it any more: it says nothing
}

// BeginTest hands out the test of one part; ok is false while it runs.
func (u *Upkeep) BeginTest(p Part) (run func(context.Context) Result, ok bool) {
	if !known(p) || u.running[p] {
		return nil, false
	}
	u.running[p] = true
	return func(ctx context.Context) Result {
		err := u.ports.Test(ctx, p)
		return Result{Part: p, Err: err, Ended: err != nil && ctx.Err() != nil}
	}, true
}

// FinishTest takes the outcome of a test.
func (u *Upkeep) FinishTest(r Result) {
	if !u.running[r.Part] {
		return
	}
	delete(u.running, r.Part)
	if r.Ended {
		return
	}
	var f Failure
	errors.As(r.Err, &f)
	u.tests[r.Part] = result{at: u.ports.Now(), ok: r.Err == nil, code: dossier.CodeOf(r.Err), why: f.Why}
}

// BeginTestAll hands out the tests of every part that the station has and that
// is not being tested.
func (u *Upkeep) BeginTestAll() []func(context.Context) Result {
	var out []func(context.Context) Result
	for _, l := range Lines(u.ports.Facts()) {
		if run, ok := u.BeginTest(l.Part); ok {
			out = append(out, run)
		}
	}
	return out
}
