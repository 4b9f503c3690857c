package printer

import (
	"context"
	"time"
)

// job is one document on its way through a printer.
type job struct {
	*Printer
	before  Status
	pieces  []Piece
	sending func(band, bands int)
	band    int // the last one begun
	bands   int
	maxOwed int // the largest picture sent so far

	silent      bool // it does not answer (any more); it is not asked again
	passed      passing
	window      window
	marks       [2][4]byte // behind the picture, behind the cut
	due         int        // fences that lie before them
	disbelieved bool       // it was written down that a report is not borne out
	asked       int        // bytes since a printer without fences was heard to be well
}

// passWait bounds what goes away by itself: a hot head cools in a minute or
// two.
const passWait = 2 * time.Minute

// passing is a trouble that goes away by itself: how long it has lasted.
type passing struct{ since time.Time }

// gate judges a status: a reason to give up, or to hold on for a while.
func (p *passing) gate(s Status) (reason Reason, wait bool) {
	reason = s.Trouble()
	if !s.Passing() {
		p.since = time.Time{}
		return reason, false
	}
	now := time.Now()
	if p.since.IsZero() {
		p.since = now
	}
	if now.Sub(p.since) > passWait {
		return reason, false
	}
	return ReasonNone, true
}

func (j *job) run(ctx context.Context) (Outcome, error) {
	j.auto, j.rumour, j.restarted = nil, nil, false
	j.silent = !j.before.Known
	if reason, err := j.open(ctx); reason != ReasonNone {
		return j.fail(ctx, reason, err)
	}
	for _, piece := range j.pieces {
		if reason, err := j.room(ctx, len(piece.Bytes)); reason == ReasonCancelled {
			return j.cancel(ctx, nil, err)
		} else if reason != ReasonNone {
			return j.fail(ctx, reason, err)
		}
		if err := j.begin(ctx, piece); err != nil {
			return j.cancel(ctx, nil, err)
		}
		sent, reason, err := j.write(ctx, piece.Bytes, true)
		if reason == ReasonCancelled {
			return j.cancel(ctx, piece.Bytes[sent:], err)
		}
		if reason != ReasonNone {
			return j.fail(ctx, reason, err)
		}
		j.window.open += len(piece.Bytes)
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

// open puts the printer into a known state and finds out, once for each line,
// whether it knows job marks and fences: only then does their absence at the
// end mean something.
func (j *job) open(ctx context.Context) (Reason, error) {
	head := start(j.profile)
	if !j.profile.NoAutoStatus {
		head = append(head, autoStatus...)
	}
	if j.silent {
		_, reason, err := j.write(ctx, head, false)
		return reason, err
	}
	owed := max(0, j.planted-j.acks) // to fences of the paper before
	j.forgetAnswers()
	var first [4]byte
	if j.knowsMarks != no {
		first = j.mark()
		head = append(head, processID(first)...)
	}
	if j.knowsFences != no {
		head = append(head, paperQuery...)
		j.planted++
	}
	if _, reason, err := j.write(ctx, head, false); reason != ReasonNone {
		return reason, err
	}
	wait := j.profile.ReplyWait
	if j.knowsFences == yes || j.knowsMarks == yes {
		wait = j.profile.ConfirmWait // it may still be busy with what came before
	}
	until := j.after(wait)
	for time.Now().Before(until) {
		fenced := j.knowsFences == no || j.acks > owed || j.confirmedBefore(first, j.acks)
		marked := j.knowsMarks == no || j.confirmed(first, 0)
		if fenced && marked {
			break
		}
		if fenced && j.knowsFences != no && j.knowsMarks == unknown {
			// The mark was asked for first: it comes about now or never.
			until = earlier(until, time.Now().Add(j.profile.ReplyWait))
		}
		if err := ctx.Err(); err != nil {
			return ReasonCancelled, err
		}
		if _, err := j.read(earlier(until, time.Now().Add(tick))); err != nil {
			return ReasonUnplugged, err
		}
		if reason, _, err := j.heed(ctx); reason != ReasonNone {
			return reason, err
		}
	}
	if j.knowsFences == yes && j.acks == 0 {
		j.owed = j.profile.largestPiece()
		return ReasonStalled, nil // it knew them before: it is stuck in something
	}
	j.knowsFences = j.knowsFences.learn(j.acks > 0)
	j.knowsMarks = j.knowsMarks.learn(j.confirmed(first, 0))
	j.planted, j.acks = 0, 0
	return ReasonNone, nil
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
