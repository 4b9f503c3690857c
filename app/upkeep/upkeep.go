package upkeep

import (
	"context"
	"errors"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// MaxToken bounds an enrolment token: it is one line.
const MaxToken = 4096

// Ports is what upkeep needs from the rest of the station.
type Ports struct {
	Now    func() time.Time
	Facts  func() Facts
	Test   func(ctx context.Context, p Part) error // asks one part to show that it works
	Probes Probes
	Enrol  func(ctx context.Context, token string) error
}

// State is a snapshot for the screen.
type State struct {
	Lines     []Line
	ToFix     int
	Testing   bool
	Scan      TestScan  // what the printer's test waits for
	Doctor    *Findings // the last examination
	Examining bool
	Enrolling bool
	Problem   dossier.Code // of the last enrolment
	Word      string       // its sentence, "" when there is none
}

// Upkeep is the technician's side of a station. Use New.
type Upkeep struct {
	ports     Ports
	tests     map[Part]result
	running   map[Part]bool
	doctor    *Findings
	examining bool
	enrolling bool
	problem   dossier.Code
	word      string
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
	s := State{Lines: Lines(facts), Testing: len(u.running) > 0, Scan: facts.Scan, Doctor: u.doctor, Examining: u.examining,
		Enrolling: u.enrolling, Problem: u.problem, Word: u.word}
	for i := range s.Lines {
		l := &s.Lines[i]
		r := u.tests[l.Part]
		l.Testing, l.TestedAt, l.TestOK, l.Code, l.Why = u.running[l.Part], r.at, r.ok, r.code, r.why
	}
	s.ToFix = toFix(s.Lines)
	return s
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

// BeginExamine hands out an examination of the way to the portal.
func (u *Upkeep) BeginExamine() (run func(context.Context) Findings, ok bool) {
	if u.examining {
		return nil, false
	}
	u.examining = true
	probes, now := u.ports.Probes, u.ports.Now
	return func(ctx context.Context) Findings { return Examine(ctx, probes, now) }, true
}

// FinishExamine takes its findings.
func (u *Upkeep) FinishExamine(f Findings) {
	if u.examining {
		u.examining, u.doctor = false, &f
	}
}

// BeginEnrol hands out the enrolment with a token, one line of text that a
// technician brings. A station that is enrolled is not enrolled again: nobody
// may turn it to another province unnoticed.
func (u *Upkeep) BeginEnrol(token string) (run func(context.Context) error, ok bool) {
	if u.enrolling {
		return nil, false
	}
	u.problem, u.word = "", ""
	token = strings.TrimSpace(token)
	switch {
	case u.ports.Facts().Enrolled:
		u.problem, u.word = dossier.CodeConflict, "part.already-enrolled"
	case token == "" || len(token) > MaxToken || strings.ContainsAny(token, "\r\n\t "):
		u.problem, u.word = dossier.CodeInvalid, "part.token"
	}
	if u.word != "" {
		return nil, false
	}
	u.enrolling = true
	return func(ctx context.Context) error { return u.ports.Enrol(ctx, token) }, true
}

// FinishEnrol takes the outcome.
func (u *Upkeep) FinishEnrol(err error) {
	if !u.enrolling {
		return
	}
	u.enrolling = false
	if err == nil {
		return
	}
	u.problem, u.word = dossier.CodeOf(err), "error.unknown"
	switch u.problem {
	case "":
	case dossier.CodeInvalid:
		u.word = "part.token"
	default:
		u.word = "error." + string(u.problem)
	}
}
