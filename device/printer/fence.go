package printer

import (
	"context"
	"errors"
	"time"
)

// A fence is GS r 1 between two pieces. It is queued like the picture, so its
// answer means that the printer has taken everything before it: what is on the
// way never exceeds a buffer that nothing guards, and a fence that is never
// answered was lost, with what lay around it, when somebody switched the
// printer off and on.

// window is what was sent and not yet answered for.
type window struct {
	open  int   // bytes since the last fence
	sizes []int // of what lies before each fence under way
	sent  int   // fences in all
}

func (j *job) fenced() bool { return j.knowsFences == yes && !j.silent }

// way is how many bytes the printer has not answered for.
func (j *job) way() int {
	w := &j.window
	for len(w.sizes) > max(0, w.sent-j.acks) {
		w.sizes = w.sizes[1:]
	}
	n := w.open
	for _, size := range w.sizes {
		n += size
	}
	return n
}

// lostFence reports that an answer is missing which should have come.
func (j *job) lostFence(due int) bool { return j.fenced() && j.acks < due }

// every is how many bytes may lie between two fences.
func (p Profile) fenceBytes() int {
	return max(1, min(p.BufferBytes/2, int(fenceEvery/p.lineTime(1))))
}

// fence counts a piece that was sent and puts a fence behind it where one is
// due. A printer without fences is asked how it is instead.
func (j *job) fence(ctx context.Context, n int) (Reason, error) {
	if !j.fenced() {
		return j.check(ctx, n)
	}
	w := &j.window
	if w.open += n; w.open < j.profile.fenceBytes() {
		return ReasonNone, nil
	}
	return j.plant(ctx)
}

func (j *job) plant(ctx context.Context) (Reason, error) {
	_, reason, err := j.write(ctx, paperQuery, nil)
	if reason != ReasonNone {
		return reason, err
	}
	w := &j.window
	w.sizes = append(w.sizes, w.open)
	w.open = 0
	w.sent++
	return ReasonNone, nil
}

// room waits until the buffer can take n bytes more, unless wires guard it: an
// XOFF comes when more is on the way already.
func (j *job) room(ctx context.Context, n int) (Reason, error) {
	if !j.fenced() || j.profile.Flow == FlowRTSCTS {
		return ReasonNone, nil
	}
	full := func() bool { return j.way() > 0 && j.way()+n > j.profile.BufferBytes }
	if full() && j.window.open > 0 {
		if reason, err := j.plant(ctx); reason != ReasonNone {
			return reason, err
		}
	}
	return j.await(ctx, full)
}

// await hears the printer while full holds. A printer that answers questions
// but no fence has lost it; one that answers nothing is silent from now on.
func (j *job) await(ctx context.Context, full func() bool) (Reason, error) {
	acks, ask := j.acks, j.after(j.profile.ReplyWait)
	until := j.after(j.profile.StallWait)
	for full() && !j.silent {
		if err := ctx.Err(); err != nil {
			return ReasonCancelled, err
		}
		if _, err := j.read(time.Now().Add(tick)); err != nil {
			return ReasonUnplugged, err
		}
		if j.acks != acks {
			acks, ask, until = j.acks, j.after(j.profile.ReplyWait), j.after(j.profile.StallWait)
		}
		reason, wait := j.gate()
		if reason != ReasonNone {
			return reason, nil
		}
		if now := time.Now(); wait {
			until = now.Add(j.profile.StallWait)
		} else if now.After(until) {
			return ReasonPower, nil
		} else if now.Before(ask) {
			continue
		}
		held, reason, err := j.look(ctx)
		if reason != ReasonNone || err != nil {
			return reason, err
		}
		if held {
			until = time.Now().Add(j.profile.StallWait)
		}
		ask = time.Now().Add(readyPoll)
	}
	return ReasonNone, nil
}

// look asks how the printer is. Held is a trouble that goes away by itself.
func (j *job) look(ctx context.Context) (held bool, reason Reason, err error) {
	s, err := j.status(ctx)
	if err != nil {
		return false, lost(ctx), err
	}
	if !s.Known {
		j.silent = true
		return false, ReasonNone, nil
	}
	reason, held = j.passed.gate(s)
	return held, reason, nil
}

// check asks a printer that has neither fences nor automatic status after
// every buffer full. One that has fallen silent is not asked again: the end
// will tell.
func (j *job) check(ctx context.Context, n int) (Reason, error) {
	j.asked += n
	if j.auto != nil || j.silent || j.asked < j.profile.BufferBytes {
		return ReasonNone, nil
	}
	j.asked = 0
	for {
		held, reason, err := j.look(ctx)
		if !held || reason != ReasonNone || err != nil {
			return reason, err
		}
		if err := j.listen(ctx, time.Now().Add(readyPoll)); err != nil {
			return lost(ctx), err
		}
	}
}

// listen hears the printer until the given moment.
func (p *Printer) listen(ctx context.Context, until time.Time) error {
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := p.read(earlier(until, time.Now().Add(tick))); err != nil {
			return err
		}
	}
	return nil
}

// known is what experience says of a printer's ability.
type known int

const (
	unknown known = iota
	no
	yes
)

// learn takes an experience; a printer that could once is not judged by one
// failure.
func (k known) learn(works bool) known {
	switch {
	case works:
		return yes
	case k == unknown:
		return no
	}
	return k
}

// errStalled is a printer that takes no bytes.
var errStalled = errors.New("the printer takes no more bytes")
