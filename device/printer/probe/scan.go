package probe

import (
	"context"
	"time"
)

// Say is what the person is told; the caller has the words.
type Say int

// What is said. Code, N and Of of a Step say which code is meant.
const (
	SayAsking   Say = iota // the printer is asked what it is
	SayPrinting            // a paper comes out
	SayScan                // scan this code
	SayRead                // it was read
	SayAgain               // that one was read before; the next one is wanted
	SayOlder               // that one is from an older paper
	SayForeign             // that is no code of a test
	SayUnread              // it was not read in its time
	SaySilent              // the printer answers nothing at this Baud
)

// Step is a moment of the test.
type Step struct {
	Say  Say
	Code Code
	N    int // the code's number on the paper, from 1
	Of   int
	Left time.Duration // how long is waited for it
	Baud int           // of the line
}

// reading collects what comes back from the paper.
type reading struct {
	opts   *Options
	nonce  nonce
	values map[Code]int
	scans  int          // codes of this run that were read
	silent bool         // the printer answers nothing: perhaps nothing came out
	gone   <-chan error // why the line is gone
}

// take judges one scan and says what it was.
func (r *reading) take(scan string, wanted Step) {
	c, value, from := r.nonce.read(scan)
	say := wanted
	switch before, seen := r.values[c]; {
	case from == foreign:
		say.Say = SayForeign
	case from == older:
		say.Say = SayOlder
	case !seen:
		r.values[c] = value
		r.scans++
		say.Say, say.Code = SayRead, c
	case c == CodeWidth && value > before:
		// A clever scanner may read a spoilt code; the widest one counts.
		r.values[c] = value
		say.Say, say.Code = SayRead, c
	default:
		say.Say, say.Code = SayAgain, c
	}
	r.opts.say(say)
}

// collect waits for the codes, in any order, each for its time. It returns those
// that were not read.
func (r *reading) collect(ctx context.Context, asked []Code) ([]Code, error) {
	var unread []Code
	for i, c := range asked {
		step := Step{Say: SayScan, Code: c, N: i + 1, Of: len(asked), Left: r.opts.ScanWait}
		ok, err := r.await(ctx, step)
		if err != nil {
			return append(unread, asked[i:]...), err
		}
		if !ok && r.silent && len(r.values) == 0 {
			return asked, nil // nobody is asked for one code after the other of a paper that is not there
		}
		if !ok {
			unread = append(unread, c)
		}
	}
	// One that was given up may have been read while another was asked for.
	left := unread[:0]
	for _, c := range unread {
		if _, ok := r.values[c]; !ok {
			left = append(left, c)
		}
	}
	return left, nil
}

// await waits for one code.
func (r *reading) await(ctx context.Context, step Step) (bool, error) {
	if _, ok := r.values[step.Code]; ok {
		return true, nil
	}
	if r.opts.Scans == nil {
		return false, nil // nobody is asked for what nothing could read
	}
	r.opts.say(step)
	over := r.opts.After(r.opts.ScanWait)
	for {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case err := <-r.gone:
			return false, err
		case scan, open := <-r.opts.Scans:
			if !open {
				r.opts.Scans = nil
				step.Say = SayUnread
				r.opts.say(step)
				return false, nil
			}
			r.take(scan, step)
			if _, ok := r.values[step.Code]; ok {
				return true, nil
			}
		case <-r.opts.Skip:
			step.Say = SayUnread
			r.opts.say(step)
			return false, nil
		case <-over:
			step.Say = SayUnread
			r.opts.say(step)
			return false, nil
		}
	}
}
