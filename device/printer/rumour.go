package printer

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// An automatic status carries no check: noise on the line can form one. What
// it says anew is therefore a rumour until the printer, asked by DLE EOT, says
// it too. Nobody is told of a rumour and no paper ends by one, unless the
// printer answers no question and has reported by itself before.
//
// A question may not stand inside a picture, where printers take it for dots:
// a rumour waits for the end of the piece.

const (
	// agreeWait is how long a line may stand still after a rumour of a trouble
	// until the one bears the other out: no head takes so long for what frees a
	// buffer. Then the piece is given up, and the printer is asked for the reason.
	agreeWait = 2 * time.Second
	// statusBytes are the four questions of a status.
	statusBytes = 4 * 3
)

// Log has it written down when the printer does not bear out what it is said to
// have reported: a line with noise on it wants a technician.
func (p *Printer) Log(l *slog.Logger) { p.log = l }

// report takes an automatic status.
func (p *Printer) report(s Status) {
	switch {
	case !s.plausible():
	case s.like(p.answer):
		p.auto, p.rumour, p.reports = &s, nil, true
	default:
		p.rumour = &s
	}
}

// reported is the status of a printer that answers no question and reports by
// itself. It is told again to do so, which it forgets when it is switched off;
// while it is stopped it obeys no more than it prints.
func (p *Printer) reported(ctx context.Context) (Status, error) {
	heard := p.rumour
	if heard == nil {
		p.auto = nil
		if _, _, err := p.write(ctx, autoStatus, false); err != nil && !errors.Is(err, errStalled) {
			return Status{}, err
		}
		if err := p.settle(ctx); err != nil {
			return Status{}, err
		}
		if heard = p.rumour; heard == nil {
			heard = p.auto
		}
	}
	if heard == nil {
		return Status{}, nil
	}
	p.answer, p.rumour = *heard, nil
	p.notice(*heard)
	return *heard, nil
}

// like reports that two statuses tell a person the same.
func (s Status) like(other Status) bool {
	return s.Known == other.Known && s.Trouble() == other.Trouble() && s.Paper == other.Paper
}

// answered takes a status that the printer gave when it was asked.
func (p *Printer) answered(s Status) {
	p.answer, p.spoke = s, true
	if p.auto != nil {
		p.auto = &s
	}
	p.notice(s)
}

// verify asks about a rumour, if there is one.
func (j *job) verify(ctx context.Context) error {
	if j.rumour == nil {
		return nil
	}
	// The noise that made it may go on, and look like an answer, too.
	if err := j.settle(ctx); err != nil || j.rumour == nil {
		return err
	}
	claim, agrees := *j.rumour, false
	if !j.silent {
		s, err := j.status(ctx)
		if err != nil {
			return err
		}
		j.window.open += 2 * statusBytes
		if s.Paper != PaperUnknown || s.Known && s.Online {
			j.auto = &s
			if s.Trouble() == ReasonNone && claim.Trouble() != ReasonNone && !j.disbelieved {
				j.disbelieved = true
				j.log.Warn("the printer does not bear out what came as its report", "report", claim.Trouble())
			}
			return nil
		}
		agrees = s.Known // it is offline and does not say why
	}
	j.rumour = nil
	if !agrees && !j.reports && (claim.Trouble() != ReasonNone || claim.Paper != PaperOK) {
		// A printer that reports says first that it is well: a job begins no
		// sooner. What is no trouble is believed when it comes twice.
		if claim.Trouble() == ReasonNone {
			j.answer = claim
		}
		return nil
	}
	j.auto, j.answer, j.reports = &claim, claim, true
	j.notice(claim)
	return nil
}

// heed is what stands against going on, as far as it can be believed. It may be
// called between two pieces only.
func (j *job) heed(ctx context.Context) (reason Reason, wait bool, err error) {
	if err := j.verify(ctx); err != nil {
		return lost(ctx), false, err
	}
	switch {
	case j.restarted:
		return ReasonPower, false, nil
	case j.auto == nil:
		return ReasonNone, false, nil
	}
	reason, wait = j.passed.gate(*j.auto)
	return reason, wait, nil
}

// calm waits until nothing stands against the next piece any more.
func (j *job) calm(ctx context.Context) (Reason, error) {
	for pause, ask := readyPoll, time.Now().Add(readyPoll); ; {
		reason, wait, err := j.heed(ctx)
		if reason != ReasonNone || !wait || err != nil {
			return reason, err
		}
		if err := j.listen(ctx, time.Now().Add(tick)); err != nil {
			return lost(ctx), err
		}
		if time.Now().Before(ask) {
			continue
		}
		if _, reason, err := j.look(ctx); reason != ReasonNone || err != nil {
			return reason, err
		}
		pause = min(2*pause, maxLookPause)
		ask = time.Now().Add(pause)
	}
}

// stand is how long a line has taken nothing of a piece.
type stand struct {
	since time.Time
	hot   bool // by a rumour of what goes away by itself
	told  bool
}

// over reports that the piece is given up.
func (s *stand) over(p *Printer, took, piece bool) bool {
	now := time.Now()
	hot := piece && p.rumour != nil && p.rumour.Passing()
	if took || s.hot && !hot {
		s.since = now
	}
	s.hot = hot
	stood := now.Sub(s.since)
	switch {
	case !piece || p.rumour == nil:
		return stood > p.profile.StallWait
	case !hot:
		return stood > min(agreeWait, p.profile.StallWait)
	case stood > agreeWait && !s.told:
		s.told = true
		p.notice(*p.rumour)
	}
	return stood > passWait
}
