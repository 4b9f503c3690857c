package printer

import (
	"context"
	"fmt"
	"time"
)

// Result is what is known of a print.
type Result int

// Results. Only Printed is a fact; ProbablyPrinted is a printer that was fine
// before and after but cannot confirm; Unknown is a printer that fell silent
// after everything was sent, or never spoke.
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
// paper: then a whole new copy is printed, never a rest.
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
// A document that failed is printed again from its start, after WaitReady.
func (p *Printer) Print(ctx context.Context, doc Document, sending func(band, bands int)) (Outcome, error) {
	img, err := Layout(doc, p.profile.Paper())
	if err != nil {
		return Outcome{Reason: ReasonDocument}, err
	}
	pieces, err := Pieces(img, p.profile)
	if err != nil {
		return Outcome{Reason: ReasonDocument}, err
	}
	if err := p.acquire(ctx); err != nil {
		return Outcome{Reason: ReasonCancelled}, err
	}
	defer p.release()

	before, err := p.status(ctx)
	if err != nil {
		return Outcome{Reason: lost(ctx)}, fmt.Errorf("failed to print: %w", err)
	}
	if reason := before.Trouble(); reason != ReasonNone {
		return Outcome{Reason: reason}, nil
	}
	if err := p.recoverTorn(ctx); err != nil {
		return Outcome{Reason: lost(ctx)}, fmt.Errorf("failed to print: %w", err)
	}
	j := &job{Printer: p, before: before, pieces: pieces, sending: sending}
	for _, piece := range pieces {
		if piece.Owed > 0 {
			j.bands++
		}
	}
	out, err := j.run(ctx)
	out.Band, out.Bands = j.band, j.bands
	if err != nil {
		err = fmt.Errorf("failed to print: %w", err)
	}
	return out, err
}

// lost is why an error ended an exchange.
func lost(ctx context.Context) Reason {
	if ctx.Err() != nil {
		return ReasonCancelled
	}
	return ReasonUnplugged
}

// job is one document on its way through a printer.
type job struct {
	*Printer
	before  Status
	pieces  []Piece
	sending func(band, bands int)
	band    int // the last one begun
	bands   int
	maxOwed int // the largest picture sent so far
	unasked int // bytes since the printer was last heard to be well
	silent  bool
}

// stop is what the automatic status says against going on.
func (j *job) stop() Reason {
	if j.auto == nil {
		return ReasonNone
	}
	return j.auto.Trouble()
}

func (j *job) run(ctx context.Context) (Outcome, error) {
	j.auto = nil
	j.silent = !j.before.Known
	head := start(j.profile)
	if !j.profile.NoAutoStatus {
		head = append(head, autoStatus...)
	}
	if _, reason, err := j.write(ctx, head, nil); reason != ReasonNone {
		return j.fail(ctx, reason, err)
	}
	for _, piece := range j.pieces {
		if err := j.begin(ctx, piece); err != nil {
			return j.cancel(ctx, nil, err)
		}
		sent, reason, err := j.write(ctx, piece.Bytes, j.stop)
		if reason == ReasonCancelled {
			return j.cancel(ctx, piece.Bytes[sent:], err)
		}
		if reason != ReasonNone {
			return j.fail(ctx, reason, err)
		}
		j.unasked += len(piece.Bytes)
		if reason, err := j.check(ctx); reason == ReasonCancelled {
			return j.cancel(ctx, nil, err)
		} else if reason != ReasonNone {
			return j.fail(ctx, reason, err)
		}
	}
	return j.confirm(ctx)
}

// begin counts a piece that is about to go to the line. Whoever is told of a
// band may still forbid it by ending ctx.
func (j *job) begin(ctx context.Context, piece Piece) error {
	if piece.Owed == 0 {
		return nil
	}
	if j.sending != nil {
		j.sending(j.band+1, j.bands)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	j.maxOwed = max(j.maxOwed, piece.Owed)
	j.band++
	return nil
}

// check asks a printer that has no automatic status after every buffer full.
// One that has fallen silent is not asked again: the end will tell.
func (j *job) check(ctx context.Context) (Reason, error) {
	if j.auto != nil || j.silent || j.unasked < pollBytes {
		return ReasonNone, nil
	}
	j.unasked = 0
	s, err := j.status(ctx)
	if err != nil {
		return lost(ctx), err
	}
	j.silent = !s.Known
	return s.Trouble(), nil
}

// confirm cuts, and asks for the job's mark behind the cut.
func (j *job) confirm(ctx context.Context) (Outcome, error) {
	end := cut(j.profile)
	tail := append([]byte(nil), end...)
	var id [4]byte
	if !j.profile.NoProcessID {
		id = j.mark()
		tail = append(tail, processID(id)...)
	}
	tail = append(tail, paperQuery...)
	if sent, reason, err := j.write(ctx, tail, nil); sent < len(end) {
		if reason == ReasonCancelled {
			return j.cancel(ctx, nil, err)
		}
		return j.fail(ctx, reason, err)
	} else if err != nil {
		return j.end(Unknown, err)
	}
	until := time.Now()
	if j.drained.After(until) {
		until = j.drained
	}
	until = until.Add(j.profile.ConfirmWait)
	nextCheck := time.Now().Add(j.profile.ReplyWait)
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return j.end(Unknown, err)
		}
		replies, err := j.read(earlier(until, time.Now().Add(tick)))
		if err != nil {
			return j.end(Unknown, err)
		}
		for _, r := range replies {
			if got, ok := r.ProcessID(); ok && !j.profile.NoProcessID && got == id {
				j.marksSeen = true
				return Outcome{Result: Printed, Started: true}, nil
			}
			// The paper answer is queued behind the mark: a printer that
			// knows marks gives its own about now.
			if r.Kind == ReplyShort {
				grace := confirmGrace
				if j.profile.NoProcessID {
					grace = 0
				}
				until = earlier(until, time.Now().Add(grace))
			}
		}
		if reason := j.stop(); reason != ReasonNone {
			return j.fail(ctx, reason, nil)
		}
		if j.auto == nil && !j.silent && time.Now().After(nextCheck) {
			j.unasked = pollBytes
			if reason, err := j.check(ctx); err != nil {
				return j.end(Unknown, err)
			} else if reason != ReasonNone {
				return j.fail(ctx, reason, nil)
			}
			nextCheck = time.Now().Add(j.profile.ReplyWait)
		}
	}
	after, err := j.status(ctx)
	if err != nil {
		return j.end(Unknown, err)
	}
	switch {
	case after.Trouble() != ReasonNone:
		return j.fail(ctx, after.Trouble(), nil)
	case !after.Known || !j.before.Known:
		return j.end(Unknown, nil)
	case j.marksSeen:
		// It has confirmed before and does not now: that is not "probably".
		return j.end(Unknown, nil)
	}
	return Outcome{Result: ProbablyPrinted, Started: true}, nil
}

// end closes a job of which everything was sent. The printer is not told to
// forget it: it may be printing just now.
func (j *job) end(r Result, err error) (Outcome, error) {
	return Outcome{Result: r, Started: true}, err
}

// fail closes a job that broke off. The printer is told at once to forget the
// rest: whoever changes the roll before we hear of it must not see half a slip
// come out. It is told again before the next job.
func (j *job) fail(ctx context.Context, reason Reason, err error) (Outcome, error) {
	started := j.maxOwed > 0
	j.torn, j.owed = true, j.maxOwed
	// After a paper end the piece left with the old roll.
	j.remnant = started && reason != ReasonPaperOut
	if reason != ReasonUnplugged {
		wait := farewell + max(0, time.Until(j.drained))
		rest, done := context.WithTimeout(context.WithoutCancel(ctx), wait)
		defer done()
		// Best effort, since recoverTorn repeats it. An answer to a question
		// behind it means that it has arrived: only then is it safe to ask a
		// person for paper.
		if _, _, werr := j.write(rest, clearBuffer, nil); werr == nil {
			_, _, _ = j.ask(rest, 1)
		}
	}
	if reason == ReasonStalled {
		err = nil // said by the reason
	}
	return Outcome{Result: Failed, Reason: reason, Started: started}, err
}

// cancel ends a job on the caller's wish where the printer is left in a known
// state: the band is completed and what is printed is cut off.
func (j *job) cancel(ctx context.Context, rest []byte, err error) (Outcome, error) {
	out := Outcome{Result: Failed, Reason: ReasonCancelled, Started: j.maxOwed > 0}
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), farewell+j.profile.lineTime(len(rest)))
	defer done()
	if out.Started {
		rest = append(append([]byte(nil), rest...), cut(j.profile)...)
	}
	if _, _, werr := j.write(bye, rest, nil); werr != nil {
		j.torn, j.owed, j.remnant = true, j.maxOwed, out.Started
	}
	return out, err
}

// markDigits may stand in a job mark: no byte of it can be taken for a
// command or a status.
const markDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// mark makes the next job mark.
func (j *job) mark() (id [4]byte) {
	n := j.nextID
	j.nextID++
	for i := range id {
		id[3-i] = markDigits[n%uint32(len(markDigits))]
		n /= uint32(len(markDigits))
	}
	return id
}
