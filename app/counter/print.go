package counter

import (
	"context"
	"time"

	"tramhoso/sync/dossier"
)

// PrintState is where a result's file is on its way out of the page printer.
type PrintState string

// The states. Only PrintDone is the printer's own word that it came out.
const (
	PrintNone    PrintState = ""
	PrintGoing   PrintState = "printing" // asked for, or in the printer
	PrintWaits   PrintState = "waits"    // for a person to help the printer
	PrintDone    PrintState = "printed"
	PrintUnknown PrintState = "unknown" // a person must look
	PrintFailed  PrintState = "failed"
)

// Printing is what is known of the last print of a result.
type Printing struct {
	Job   int64 // 0: its number is not known here yet
	State PrintState
	Why   string    // the printer's reason, of a print that waits or failed
	At    time.Time // since when
}

// Result is what can be printed of the dossier that is handed over.
type Result struct {
	File     dossier.ResultFile
	Printer  bool // there is a page printer
	Printing Printing
}

// Can reports that a tap would print it, for the first time or again.
func (r Result) Can() bool {
	return r.File == dossier.ResultHere && r.Printer && r.Printing.State != PrintGoing && r.Printing.State != PrintWaits
}

// printNews is what PrintChanged hears.
type printNews struct {
	old, job int64
	state    PrintState
	why      string
}

// result is what can be printed of the dossier that is open.
func (c *Counter) result() Result {
	return Result{File: c.card.File, Printer: c.ports.PagePrinter != nil && c.ports.PagePrinter(), Printing: c.printed()}
}

// printed is what is known of the last print.
func (c *Counter) printed() Printing {
	if c.printing == nil {
		return Printing{}
	}
	return *c.printing
}

// recall asks what became of an earlier print of the dossier that was opened.
func (c *Counter) recall(ctx context.Context) {
	c.printing, c.early = nil, nil
	if c.card.File != dossier.ResultHere {
		return
	}
	p, err := c.session.Desk.Printing(ctx, c.card.Packet)
	if err != nil {
		_ = c.fail(err) // said on the screen; it may be printed all the same
		return
	}
	c.printing = &p
}

// BeginPrint hands out the printing of the result's file, and what takes its
// outcome; a tap while one is under way gets ok false.
func (c *Counter) BeginPrint() (run func(context.Context) (job int64, err error), finish func(job int64, err error) error, ok bool) {
	if c.step != Handover || !c.result().Can() {
		return nil, nil, false
	}
	desk, packet := c.session.Desk, c.card.Packet
	c.problem, c.early = nil, nil
	asked := &Printing{State: PrintGoing, At: c.ports.Now()}
	c.printing = asked
	return func(ctx context.Context) (int64, error) { return desk.PrintResult(ctx, packet) },
		func(job int64, err error) error { return c.finishPrint(asked, job, err) }, true
}

// finishPrint takes the number of the print that was asked for.
func (c *Counter) finishPrint(asked *Printing, job int64, err error) error {
	switch {
	case c.aside == asked: // a new slip is being given meanwhile
		if asked.Job = job; err != nil {
			c.aside = nil
		}
		return err
	case c.printing != asked:
		return nil // another dossier is open by now, or another file of this one
	}
	early := c.early
	c.early = nil
	if err != nil {
		c.printing = nil
		return c.fail(err)
	}
	c.printing.Job = job
	c.hear(early)
	return nil
}

// hear takes the news of a print whose number was not known when they came.
func (c *Counter) hear(early []printNews) {
	for _, n := range early {
		c.PrintChanged(n.old, n.job, n.state, n.why)
	}
}

// PrintChanged hears what became of a print; old is the job that it replaces, 0
// for none. It reports whether the screen says something else now.
func (c *Counter) PrintChanged(old, job int64, s PrintState, why string) bool {
	p := c.printing
	switch {
	case p == nil:
		return false
	case p.State == PrintGoing && p.Job == 0:
		c.early = append(c.early, printNews{old, job, s, why})
		return false
	case p.Job == 0 || job != p.Job && old != p.Job:
		return false
	}
	if s != PrintWaits && s != PrintFailed {
		why = ""
	}
	changed := s != p.State || why != p.Why
	if changed {
		p.At = c.ports.Now()
	}
	p.Job, p.State, p.Why = job, s, why
	return changed
}
