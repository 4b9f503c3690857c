package printer

import (
	"context"
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

// fenceEvery bounds the line time between two fences, and with it of one piece.
// A printer that is switched off and on takes longer than that to start, so it
// loses at least one fence.
const fenceEvery = 1400 * time.Millisecond

// fenceBytes is how many bytes may lie between two fences.
func (p Profile) fenceBytes() int {
	return max(bandSlackBytes, min(p.BufferBytes-bandSlackBytes, int(fenceEvery/p.lineTime(1))))
}

// room makes sure that a piece of n bytes can go: a fence before it where one
// is due, and free space in a buffer that no wires guard. An XOFF comes when
// more is on the way already.
func (j *job) room(ctx context.Context, n int) (Reason, error) {
	if reason, err := j.calm(ctx); reason != ReasonNone || err != nil {
		return reason, err
	}
	if !j.fenced() {
		return j.check(ctx, n)
	}
	if w := &j.window; w.open > 0 && w.open+n > j.profile.fenceBytes() {
		if reason, err := j.plant(ctx); reason != ReasonNone {
			return reason, err
		}
	}
	if j.profile.Flow == FlowRTSCTS {
		return ReasonNone, nil
	}
	return j.await(ctx, n)
}

func (j *job) plant(ctx context.Context) (Reason, error) {
	_, reason, err := j.write(ctx, paperQuery, false)
	if reason != ReasonNone {
		return reason, err
	}
	j.planted++
	w := &j.window
	w.sizes = append(w.sizes, w.open+len(paperQuery))
	w.open = 0
	w.sent++
	return ReasonNone, nil
}

// lookBytes of the buffer stay free for questions while the printer stands:
// they lie in it like everything else. A status takes twelve; with the pauses
// between them no wait asks more than ten times.
const lookBytes = 144

// await hears the printer until its buffer can take n bytes more. A printer
// that answers questions but no fence has lost it; one that answers nothing is
// silent from now on.
func (j *job) await(ctx context.Context, n int) (Reason, error) {
	acks, ask, pause := j.acks, j.after(j.profile.ReplyWait), readyPoll
	until := j.after(j.profile.StallWait)
	for !j.silent && j.way() > 0 && j.way()+n > j.profile.BufferBytes-lookBytes {
		if len(j.window.sizes) == 0 {
			if reason, err := j.plant(ctx); reason != ReasonNone {
				return reason, err
			}
		}
		if err := ctx.Err(); err != nil {
			return ReasonCancelled, err
		}
		if _, err := j.read(time.Now().Add(tick)); err != nil {
			return ReasonUnplugged, err
		}
		if j.acks != acks { // it has printed: a trouble from now on is another one
			j.passed = passing{}
			acks, ask, until = j.acks, j.after(j.profile.ReplyWait), j.after(j.profile.StallWait)
		}
		reason, wait, err := j.heed(ctx)
		if reason != ReasonNone || err != nil {
			return reason, err
		}
		now := time.Now()
		if wait {
			until = now.Add(j.profile.StallWait)
		} else if now.After(until) {
			return ReasonPower, nil
		}
		if now.Before(ask) {
			continue
		}
		held, reason, err := j.look(ctx)
		if reason != ReasonNone || err != nil {
			return reason, err
		}
		if held { // less and less often: each question takes room
			pause = min(2*pause, maxLookPause)
			until = time.Now().Add(max(j.profile.StallWait, 2*pause))
		}
		ask = time.Now().Add(pause)
	}
	return ReasonNone, nil
}

// maxLookPause lies between two looks at a printer that must cool.
const maxLookPause = 16 * time.Second

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

// check asks a printer without fences how it is before more than a buffer
// follows. One that reports by itself, or has fallen silent, is not asked: the
// end will tell.
func (j *job) check(ctx context.Context, n int) (Reason, error) {
	if j.auto != nil || j.silent {
		return ReasonNone, nil // the gate stops it
	}
	if j.asked += n; j.asked < j.profile.BufferBytes {
		return ReasonNone, nil
	}
	j.asked = n
	for pause := readyPoll; ; pause = min(2*pause, maxLookPause) {
		held, reason, err := j.look(ctx)
		if !held || reason != ReasonNone || err != nil {
			return reason, err
		}
		if err := j.listen(ctx, time.Now().Add(pause)); err != nil {
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
