package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

const (
	// PauseMost is the longest pause: one that ends a day later, whoever ordered it,
	// cannot be forgotten. The hour more is for "until tomorrow morning", which at
	// six is 25 hours away.
	PauseMost = 25 * time.Hour
	// pauseLook is how soon a queue sees an end that its timer missed: a machine
	// that slept, or a clock that a rehearsal moved.
	pauseLook = 15 * time.Second
	// pauseKept is how often what is left is written down: a station whose clock
	// stands still and that is switched off again and again nears the end by it.
	pauseKept = 10 * time.Minute
)

// Pause is a stop of sending that a person ordered on this station. It always
// ends by itself, and outlives a restart.
//
// Its end is a length of time and not a time of day: within one run of the
// machine the boot counter measures it, which nobody can set; from one run to the
// next the wall clock does, and one that was set back makes it no longer than
// what was last left of it.
type Pause struct {
	store *store.Store
	clock clock.Clock
	log   *slog.Logger

	writing sync.Mutex // held from looking at what is left to having written it down

	mu   sync.Mutex
	from dossier.Stamp
	left time.Duration // at from; 0: nothing is paused
	ears []func()
}

// keptPause is a pause as the store keeps it.
type keptPause struct {
	From   dossier.Stamp `json:"from"`
	LeftMs int64         `json:"left_ms"`
}

// OpenPause takes up a pause that holds since before the start. One that cannot be
// read has ended.
func OpenPause(ctx context.Context, s *store.Store, c clock.Clock, log *slog.Logger) (*Pause, error) {
	if log == nil {
		log = slog.Default()
	}
	p := &Pause{store: s, clock: c, log: log}
	d, err := s.Document(ctx, store.DocPause)
	switch {
	case dossier.CodeOf(err) == dossier.CodeNotFound:
		return p, nil
	case err != nil:
		return nil, fmt.Errorf("failed to read the pause of sending: %w", err)
	}
	var k keptPause
	if len(d.Content) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(d.Content, &k); err != nil {
		log.Warn("the pause of sending cannot be read and has ended", "err", err)
		return p, nil
	}
	p.from, p.left = k.From, min(max(time.Duration(k.LeftMs)*time.Millisecond, 0), PauseMost)
	if left := p.Left(); left > 0 {
		log.Info("sending is paused", "left", left.Round(time.Second))
		return p, p.keep(ctx, left)
	}
	return p, nil
}

// Obey has the queue keep to a pause. Call it before Run.
func (q *Queue) Obey(p *Pause) {
	q.pause = p
	p.OnChange(func() { nudge(q.turn) })
}

// Obey has the lane keep to a pause. Call it before Run.
func (f *Files) Obey(p *Pause) {
	f.pause = p
	p.OnChange(func() { nudge(f.turn) })
}

// OnChange has f called whenever a pause begins, changes or ends. Call it before
// what pauses runs.
func (p *Pause) OnChange(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ears = append(p.ears, f)
}

// Begin stops sending for d, from now on. What is on the line is sent to its end:
// it is paid for already.
func (p *Pause) Begin(ctx context.Context, d time.Duration) error {
	if d <= 0 || d > PauseMost {
		return dossier.Errorf(dossier.CodeInvalid, "a pause of %s, at most %s", d, PauseMost)
	}
	p.log.Warn("sending is paused by hand", "for", d.Round(time.Second))
	return p.set(ctx, d)
}

// End lets sending go on.
func (p *Pause) End(ctx context.Context) error {
	p.log.Info("the pause of sending is ended by hand")
	return p.set(ctx, 0)
}

func (p *Pause) set(ctx context.Context, d time.Duration) error {
	p.writing.Lock()
	err := p.keep(ctx, d)
	p.writing.Unlock()
	if err != nil {
		return err
	}
	p.tell()
	return nil
}

func (p *Pause) tell() {
	p.mu.Lock()
	ears := p.ears
	p.mu.Unlock()
	for _, f := range ears {
		f()
	}
}

// keep writes down what is left from now on, and then goes by it.
func (p *Pause) keep(ctx context.Context, left time.Duration) error {
	from := p.clock.Stamp()
	raw, err := json.Marshal(keptPause{From: from, LeftMs: left.Milliseconds()})
	if err == nil {
		err = p.store.PutDocument(ctx, store.DocPause, "", raw)
	}
	if err != nil {
		return fmt.Errorf("failed to keep the pause of sending: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.from, p.left = from, left
	return nil
}

// Left is how long the pause still lasts; 0: nothing is paused. A nil Pause never
// is.
func (p *Pause) Left() time.Duration {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	from, left := p.from, p.left
	p.mu.Unlock()
	if left == 0 {
		return 0
	}
	return max(0, left-clock.Between(from, p.clock.Stamp()))
}

// Run writes down what is left now and then, and says when the pause has ended,
// until ctx ends.
func (p *Pause) Run(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	p.OnChange(func() { nudge(changed) })
	for {
		before := p.Left()
		pace := pauseKept
		if before > 0 {
			pace = min(before, pauseKept)
		}
		t := time.NewTimer(pace)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if before == 0 {
			continue // nothing was paused
		}
		over, err := p.look(ctx)
		if over {
			p.log.Info("the pause of sending is over")
			p.tell()
		}
		if err != nil && ctx.Err() == nil { // it ends all the same: the counter runs on
			p.log.Warn("what is left of a pause was not written down", "err", err)
		}
	}
}

// look writes down what is left and says whether that is nothing. A person's word
// that comes meanwhile is written down after it.
func (p *Pause) look(ctx context.Context) (over bool, err error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	left := p.Left()
	return left == 0, p.keep(ctx, left)
}

// ends is when a pause will have ended, on the monotonic clock; was is what was
// said of it before, which stands unless it changed by more than reading clocks
// does.
func (p *Pause) ends(was time.Time) time.Time {
	at := time.Now().Add(p.Left())
	if d := at.Sub(was); d > -time.Second && d < time.Second {
		return was
	}
	return at
}
