package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Recover looks at the printer once and does what it can: a cutter that may
// have been freed is tried, and in a printer that is ready again, what an
// earlier job, or an earlier program, left is cleared, so that nothing stale
// comes out later. Whoever waits for a printer calls it again and again, and
// tells somebody how things are meanwhile.
func (p *Printer) Recover(ctx context.Context) (Status, error) {
	if err := p.acquire(ctx); err != nil {
		return Status{}, err
	}
	defer p.release()
	s, err := p.status(ctx)
	if err == nil && !s.Known && p.reports && !p.spoke {
		s, err = p.reported(ctx)
	}
	if err != nil {
		return s, err
	}
	if p.knife.due(s, time.Now()) {
		if err := p.clear(ctx); err != nil && !errors.Is(err, errStalled) {
			return s, fmt.Errorf("failed to free the cutter: %w", err)
		}
	}
	if s.Ready() {
		err = p.restore(ctx, s)
	}
	return s, err
}

// knife decides when to try a jammed cutter again. The error lasts until the
// printer is told that a person has freed it, which nobody tells us: a cover
// that was opened and closed is the sign, and where there is none, a few tries
// further and further apart. Each try moves the knife, so they end.
type knife struct {
	opened bool // the cover was open since the last try
	tries  int
	next   time.Time
}

// knifePauses lie before the tries that no open cover asked for.
var knifePauses = []time.Duration{2 * time.Second, 5 * time.Second, 20 * time.Second}

func (k *knife) due(s Status, now time.Time) bool {
	switch s.Trouble() {
	case ReasonCoverOpen:
		k.opened = true
		return false
	case ReasonCutter:
	default:
		if s.Known {
			*k = knife{}
		}
		return false
	}
	if k.next.IsZero() {
		k.next = now.Add(knifePauses[0])
	}
	if k.opened {
		k.opened, k.tries = false, 0
		k.next = now.Add(knifePauses[0])
		return true
	}
	if k.tries >= len(knifePauses) || now.Before(k.next) {
		return false
	}
	if k.tries++; k.tries < len(knifePauses) {
		k.next = now.Add(knifePauses[k.tries])
	}
	return true
}

// Unfinished reports that a paper broke off and what hangs in the printer was
// not yet cut off. Whoever opens a new line to it tells the new Printer by
// Interrupted.
func (p *Printer) Unfinished() bool {
	p.turn <- struct{}{}
	defer p.release()
	return p.torn && p.remnant
}

// Interrupted tells that a paper was under way on this printer when its line
// was lost, or an earlier program ended: before the next one, what hangs in it
// is cut off.
func (p *Printer) Interrupted(ctx context.Context) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	p.torn, p.remnant = true, true
	return nil
}

// fillBytes of white are sent at once to a printer that may wait for the rest
// of a picture.
const fillBytes = 1024

// restore makes a printer forget a job that broke off, of this program or of
// one before it: the buffer is cleared, a picture it may still wait for is
// completed with white (to a printer that waits for nothing NUL bytes are
// nothing), and a piece of paper that still hangs in it is cut off. A fence
// tells when it is in step again; without fences all the white is sent.
func (p *Printer) restore(ctx context.Context, s Status) error {
	if !p.torn && !p.fresh {
		return nil
	}
	owed := p.owed
	if p.fresh {
		owed = max(owed, p.profile.largestPiece())
	}
	if err := p.clear(ctx); err != nil {
		return fmt.Errorf("failed to clear the printer: %w", err)
	}
	talks := s.Known && p.knowsFences != no
	// Fences of the job that broke off may be answered yet, from the rest of it
	// in the buffer: only one more answer than those is one of ours.
	need := 1 + max(0, p.planted-p.acks)
	p.forgetAnswers()
	for filled := 0; ; {
		if talks {
			ok, err := p.inStep(ctx, need)
			if err != nil {
				return fmt.Errorf("failed to clear the printer: %w", err)
			}
			if ok {
				p.knowsFences = yes
				p.remnant = p.remnant || filled > 0
				break
			}
		}
		if filled >= owed {
			if talks {
				p.knowsFences = p.knowsFences.learn(false)
			}
			break
		}
		n := min(owed-filled, fillBytes)
		if _, _, err := p.write(ctx, make([]byte, n), false); err != nil {
			return fmt.Errorf("failed to clear the printer: %w", err)
		}
		filled += n
	}
	b := append([]byte(nil), initialise...)
	if p.remnant {
		b = append(b, cut(p.profile)...)
	}
	if _, _, err := p.write(ctx, b, false); err != nil {
		return fmt.Errorf("failed to clear the printer: %w", err)
	}
	p.torn, p.fresh, p.owed, p.remnant = false, false, 0, false
	return nil
}

// inStep plants so many fences and waits for so many answers: a printer that
// takes them for a part of a picture gives none.
func (p *Printer) inStep(ctx context.Context, need int) (bool, error) {
	if err := p.settle(ctx); err != nil {
		return false, err
	}
	if _, _, err := p.write(ctx, bytes.Repeat(paperQuery, need), false); err != nil {
		return false, err
	}
	until := p.after(p.profile.ReplyWait)
	for p.acks < need && time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if _, err := p.read(earlier(until, time.Now().Add(tick))); err != nil {
			return false, err
		}
	}
	return p.acks >= need, nil
}
