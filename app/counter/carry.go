package counter

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/dossier"
)

// Sticks is what a clerk carries to the province by hand. Its calls may take
// minutes: they run beside the screen.
type Sticks interface {
	// Look says whether a stick is in, and what waits.
	Look(ctx context.Context) Stick
	// Watch calls changed at once, and whenever a stick came or went, until ctx
	// ends.
	Watch(ctx context.Context, changed func())
	// Carry takes in what the stick brought, copies what waits, and lets go of the
	// stick: once it has returned without an error the stick may be taken out.
	Carry(ctx context.Context, tell func(done, total int64)) (Carried, error)
}

// Stick is what is known before anything is copied.
type Stick struct {
	In      bool
	Loose   bool          // mounted so that programs on it could run: a technician's business
	Packets int           // waiting here
	Files   int           // papers of theirs
	Oldest  time.Duration // 0: nothing waits
	Others  int           // bundles of other stations on the stick
}

// Carried is what came of it.
type Carried struct {
	Packets   int // on the stick
	Left      int // did not fit
	Files     int
	FilesNot  int // the stick has no room for them
	NeedMB    int
	Receipts  int
	Whole     int // dossiers whose papers are all at the province
	Refused   int
	Events    int
	Results   int
	Catalogue bool
	Others    int    // other stations' bundles that were answered
	Waiting   int    // other stations' bundles that were not
	Why       string // the outbox's word for what keeps these
	Half      int    // files that were not written to their end
	Unread    int    // files that the stick could not give
	Foreign   int    // answers for somebody else
	Old       int    // answers from before the portal's present history
}

// StickError is one sentence about a stick that could not be used.
type StickError struct {
	Word string
	MB   int // that are needed, where the word says so
	Err  error
}

func (e *StickError) Error() string { return e.Word + ": " + e.Err.Error() }
func (e *StickError) Unwrap() error { return e.Err }

// StickWords are the words of a StickError.
var StickWords = []string{"carry.no-stick", "carry.loose", "carry.protected", "carry.full", "carry.pulled", "carry.sick", "carry.busy", "visit.unexpected"}

// CarryPhase is where a clerk is with a stick.
type CarryPhase string

// The phases.
const (
	CarryNone    CarryPhase = ""      // no stick is in
	CarryReady   CarryPhase = "ready" // a stick is in
	CarryRunning CarryPhase = "running"
	CarryDone    CarryPhase = "done" // the stick may be taken out
	CarryFailed  CarryPhase = "failed"
)

// Carriage is a clerk's way with a stick. The zero value has no stick.
type Carriage struct {
	Phase       CarryPhase
	Stick       Stick
	Done, Total int64 // bytes on the stick while it runs
	Carried     Carried
	Problem     *Problem
}

// See takes what Look found. What was done or failed stays to be read until the
// clerk leaves: the stick is let go before it is said.
func (c *Carriage) See(s Stick) {
	c.Stick = s
	switch {
	case c.Phase == CarryRunning:
	case s.In && c.Phase == CarryNone:
		c.Phase, c.Problem = CarryReady, nil
		if s.Loose {
			c.Phase, c.Problem = CarryFailed, &Problem{Code: dossier.CodeInvalid, Word: "carry.loose"}
		}
	case !s.In && c.Phase == CarryReady:
		c.Phase = CarryNone
	}
}

// Begin starts the copy; a second tap does nothing.
func (c *Carriage) Begin() bool {
	if c.Phase != CarryReady && c.Phase != CarryFailed && c.Phase != CarryDone {
		return false
	}
	c.Phase, c.Done, c.Total, c.Carried, c.Problem = CarryRunning, 0, 0, Carried{}, nil
	return true
}

// At takes how far it is. Another total is another part of the work.
func (c *Carriage) At(done, total int64) {
	if c.Phase == CarryRunning && (done >= c.Done || total != c.Total) {
		c.Done, c.Total = done, total
	}
}

// Finish takes the outcome. What was taken in before an error counts.
func (c *Carriage) Finish(got Carried, err error) {
	c.Carried = got
	if err == nil {
		c.Phase = CarryDone
		return
	}
	c.Phase = CarryFailed
	var stick *StickError
	code := dossier.CodeOf(err)
	switch {
	case errors.As(err, &stick):
		c.Problem = &Problem{Code: code, Word: stick.Word, Args: []any{"n", stick.MB}}
	case code != "":
		c.Problem = &Problem{Code: code, Word: "error." + string(code)}
	default:
		c.Problem = &Problem{Word: "visit.unexpected"}
	}
}

// Leave forgets what was said; a copy that runs goes on.
func (c *Carriage) Leave() {
	if c.Phase != CarryRunning {
		*c = Carriage{}
	}
}
