package printer

import (
	"context"
	"errors"
	"fmt"
)

// Result is what is known of a print.
type Result int

// Results. Only Printed is a fact; ProbablyPrinted is a printer that was fine
// before and after but cannot confirm; Unknown is a printer that fell silent
// after everything was sent, lost an answer, or never spoke.
const (
	Failed Result = iota
	Unknown
	ProbablyPrinted
	Printed
)

func (r Result) String() string {
	return [...]string{"failed", "unknown", "probably printed", "printed"}[r]
}

// Outcome is a Result with why it failed. Started tells that a part may be on
// paper: then a whole new copy is printed, never a rest. The package comment
// has the table of what may come of which fault.
type Outcome struct {
	Result  Result
	Reason  Reason
	Started bool
	// Band is the last band that was begun, of Bands; 0 is none.
	Band, Bands int
}

// Print lays a document out, sends it band by band and finds out what became
// of it. The Outcome always holds; the error says more about a line that is
// gone, a document that cannot be printed or a context that ended, and is nil
// for what printers do in daily life (no paper, cover open).
//
// Before each band goes to the line, sending is told which it is, from 1, and
// of how many; it is called on this goroutine and may be nil. A band of which it
// was told is not sent if ctx has ended by then.
//
// A document that failed is printed again from its start, after Recover.
func (p *Printer) Print(ctx context.Context, doc Document, sending func(band, bands int)) (Outcome, error) {
	img, err := Layout(doc, p.profile.Paper())
	if err != nil {
		return Outcome{Reason: ReasonDocument}, err
	}
	pieces, err := Pieces(img, p.profile)
	if err != nil {
		return Outcome{Reason: ReasonDocument}, err
	}
	j := &job{Printer: p, pieces: pieces, sending: sending}
	for _, piece := range pieces {
		if piece.Owed > 0 {
			j.bands++
		}
	}
	out, err := p.print(ctx, j)
	out.Band, out.Bands = j.band, j.bands
	if err != nil {
		err = fmt.Errorf("failed to print: %w", err)
	}
	return out, err
}

func (p *Printer) print(ctx context.Context, j *job) (Outcome, error) {
	if err := p.acquire(ctx); err != nil {
		return Outcome{Reason: ReasonCancelled}, err
	}
	defer p.release()
	before, err := p.status(ctx)
	if err != nil {
		return Outcome{Reason: lost(ctx)}, err
	}
	if reason := before.Trouble(); reason != ReasonNone {
		return Outcome{Reason: reason}, nil
	}
	if !before.Known && p.spoke {
		return Outcome{Reason: ReasonSilent}, nil // switched off, or still starting
	}
	if err := p.restore(ctx, before); errors.Is(err, errStalled) {
		return Outcome{Reason: ReasonStalled}, nil
	} else if err != nil {
		return Outcome{Reason: lost(ctx)}, err
	}
	j.before = before
	return j.run(ctx)
}

// lost is why an error ended an exchange.
func lost(ctx context.Context) Reason {
	if ctx.Err() != nil {
		return ReasonCancelled
	}
	return ReasonUnplugged
}
