package printer

import (
	"context"
	"time"
)

// confirm ends the paper, with a mark behind the picture and one behind the
// cut: the first means that every dot is on paper, the second that it can be
// taken.
func (j *job) confirm(ctx context.Context) (Outcome, error) {
	marked := j.knowsMarks == yes && !j.silent
	var tail []byte
	if marked {
		j.marks[0] = j.mark()
		tail = append(tail, processID(j.marks[0])...)
	}
	tail = append(tail, cut(j.profile)...)
	whole := len(tail) // from here on nothing is missing on paper
	if marked {
		j.marks[1] = j.mark()
		tail = append(tail, processID(j.marks[1])...)
	}
	if j.fenced() {
		tail = append(tail, paperQuery...)
	}
	if reason, err := j.room(ctx, len(tail)); reason == ReasonCancelled {
		return j.cancel(ctx, nil, err)
	} else if reason != ReasonNone {
		return j.fail(ctx, reason, err)
	}
	if j.fenced() {
		j.due = j.window.sent
		j.window.sent++
		j.planted++
	}
	if sent, reason, err := j.write(ctx, tail, false); sent < whole {
		if reason == ReasonCancelled {
			return j.cancel(ctx, nil, err)
		}
		return j.fail(ctx, reason, err)
	} else if err != nil {
		return j.end(err)
	}
	reason, err := j.last(ctx, marked)
	switch {
	case reason == ReasonPower:
		return j.end(nil)
	case err != nil:
		return j.end(err)
	case j.said(1):
		return Outcome{Result: Printed, Started: true}, nil
	case reason != ReasonNone:
		return j.stopped(ctx, reason)
	}
	after, err := j.status(ctx)
	switch {
	case err != nil:
		return j.end(err)
	case after.Trouble() != ReasonNone:
		return j.stopped(ctx, after.Trouble())
	case !after.Known || !j.before.Known || j.silent:
		return j.end(nil)
	case marked || j.knowsMarks == yes || j.fenced() && j.acks < j.window.sent:
		// It could confirm and does not: that is not "probably".
		return j.end(nil)
	}
	return Outcome{Result: ProbablyPrinted, Started: true}, nil
}

// said reports that a mark was answered and every fence before it: where one is
// missing something was lost on the way, whatever came after.
func (j *job) said(mark int) bool {
	return j.marks[mark] != [4]byte{} && j.confirmed(j.marks[mark], j.due)
}

// last waits for what the printer says at the end: its mark, a trouble, or all
// that it can say.
func (j *job) last(ctx context.Context, marked bool) (Reason, error) {
	until := j.after(j.profile.ConfirmWait)
	if j.profile.NoStatus {
		until = j.after(0)
	}
	ask := j.after(j.profile.ReplyWait)
	graced := false
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return ReasonNone, err
		}
		if _, err := j.read(earlier(until, time.Now().Add(tick))); err != nil {
			return ReasonNone, err
		}
		if j.confirmed(j.marks[1], 0) {
			return ReasonNone, nil
		}
		reason, wait, err := j.heed(ctx)
		if reason != ReasonNone || err != nil {
			return reason, err
		}
		if wait {
			until = j.after(j.profile.ConfirmWait)
			continue
		}
		// The last fence lies behind the marks: a printer that knows marks
		// gives its own about now.
		if !graced && j.fenced() && j.acks >= j.window.sent {
			graced = true
			grace := time.Duration(0)
			if marked {
				grace = confirmGrace
			}
			until = earlier(until, time.Now().Add(grace))
		}
		if j.auto == nil && !j.silent && time.Now().After(ask) && time.Now().Before(until) {
			held, reason, err := j.look(ctx)
			if err != nil || reason != ReasonNone {
				return reason, err
			}
			if held {
				until = j.after(j.profile.ConfirmWait)
			}
			ask = time.Now().Add(readyPoll)
		}
	}
	return ReasonNone, nil
}

// stopped closes a job of which everything was sent and that met a trouble.
// What the printer has answered for is on paper all the same: only the cut may
// be missing, and it comes before the next paper.
func (j *job) stopped(ctx context.Context, reason Reason) (Outcome, error) {
	result := Failed
	switch {
	case j.said(0):
		result = Printed
	case j.knowsMarks != yes && j.fenced() && j.acks >= j.window.sent:
		result = ProbablyPrinted
	}
	out, err := j.fail(ctx, reason, nil)
	out.Result = result
	if result == ProbablyPrinted {
		j.remnant = false // the cut lies before the answer
	}
	return out, err
}

// end closes a job of which everything was sent and too little is known. The
// printer is not told to forget it: it may be printing just now.
func (j *job) end(err error) (Outcome, error) {
	out := Outcome{Result: Unknown, Started: true}
	if j.said(0) && !j.restarted {
		out.Result = Printed
	}
	if out.Result == Printed || j.restarted {
		// The knife has not answered: what hangs in the printer must not become
		// a part of the next paper. Nothing is printing any more.
		j.torn, j.remnant = true, true
	}
	return out, err
}

// fail closes a job that broke off. The printer is told at once to forget the
// rest: whoever changes the roll before we hear of it must not see half a slip
// come out. It is told again before the next job.
func (j *job) fail(ctx context.Context, reason Reason, err error) (Outcome, error) {
	started := j.maxOwed > 0
	if reason == ReasonStalled {
		err = nil // said by the reason
		reason = j.why(ctx, reason)
	}
	j.torn, j.owed, j.remnant = true, max(j.owed, j.maxOwed), started
	if reason != ReasonUnplugged {
		wait := farewell + max(0, time.Until(j.drained))
		rest, done := context.WithTimeout(context.WithoutCancel(ctx), wait)
		defer done()
		// Best effort, since restore repeats it. Answers to questions behind it
		// mean that it has arrived: only then is it safe to ask a person for
		// paper.
		if werr := j.clear(rest); werr == nil && !j.silent {
			// After a real paper end the piece left with the old roll. What the
			// printer has not answered for comes out on the new one where it
			// hears DLE ENQ 2 in a cutter error only.
			if s, serr := j.status(rest); serr == nil && s.Paper == PaperOut {
				j.remnant = j.way() > 0 && !j.profile.ClearSequence
			}
		}
	}
	return Outcome{Result: Failed, Reason: reason, Started: started}, err
}

// why asks a printer that takes no more bytes for the reason: real-time
// questions are heard even then, unless the driver holds them back.
func (j *job) why(ctx context.Context, reason Reason) Reason {
	if j.silent {
		return reason
	}
	claim := j.rumour
	s, err := j.status(ctx)
	switch {
	case err == nil && s.Trouble() != ReasonNone:
		return s.Trouble()
	case err == nil && !s.Known && claim != nil && j.reports && claim.Trouble() != ReasonNone:
		return claim.Trouble()
	}
	return reason
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
	if _, _, werr := j.write(bye, rest, false); werr != nil {
		j.torn, j.owed, j.remnant = true, j.maxOwed, out.Started
	}
	return out, err
}
