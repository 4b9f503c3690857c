package port

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	// backOffFirst and backOffMost bound the wait before a port that failed
	// is opened again: soon enough for a person who re-seats a plug, rare
	// enough for a broken device.
	backOffFirst = 100 * time.Millisecond
	backOffMost  = 5 * time.Second
	// steadyAfter is how long a port must have worked for its past failures
	// to be forgotten; a flapping device keeps being opened ever more rarely.
	steadyAfter = 10 * time.Second
	// stopGrace is how long use may go on after ctx ends, to finish what it
	// is saying; then the port is closed under it.
	stopGrace = 2 * time.Second
)

// State is what a supervised port is doing.
type State int

// The states of a supervised port.
const (
	Absent  State = iota // nothing at the path, looked at three times
	Opening              // something is there, or was a moment ago
	Ready                // open and in use
	Faulted              // there, but it cannot be opened or used; tried again
)

// String names the state for logs.
func (s State) String() string {
	switch s {
	case Absent:
		return "absent"
	case Opening:
		return "opening"
	case Ready:
		return "ready"
	case Faulted:
		return "faulted"
	}
	return fmt.Sprintf("State(%d)", int(s))
}

// Supervisor keeps a port open for as long as there is a device.
type Supervisor struct {
	Config Config
	// Open opens the port; nil: Open of this package.
	Open func(Config) (Port, error)
	// Exists says whether there is anything at the path; nil: it is looked at.
	Exists func(path string) bool
	// Fault, if set, is told why a port went to Faulted.
	Fault func(error)
	// Log, if set, is told what happens; never what is read or written.
	Log *slog.Logger

	bell    func(path string) bell           // nil: the path's folder is watched
	backOff func(failures int) time.Duration // nil: backOff

	state    State
	reported bool
	report   func(State)
}

// Supervise keeps the port of cfg open until ctx ends and calls use with it,
// again for every new opening. See Supervisor.Run.
func Supervise(ctx context.Context, cfg Config, use func(context.Context, Port) error, report func(State)) error {
	return (&Supervisor{Config: cfg}).Run(ctx, use, report)
}

// Run keeps the port open until ctx ends; its error is then ctx's. Use is
// called with every new opening, never twice at a time; its ctx ends when the
// device goes (its cause is then ErrUnplugged), and the port is closed when it returns. An error of use other
// than ErrUnplugged makes the port Faulted; it is opened again after a
// back-off. Report, if not nil, is called with every change of state, from
// Run's goroutine.
func (s *Supervisor) Run(ctx context.Context, use func(context.Context, Port) error, report func(State)) error {
	s.report = report
	if s.Open == nil {
		s.Open = openSerial
	}
	if s.Exists == nil {
		s.Exists = pathExists
	}
	b := s.hang()
	defer b.close()
	v := vigil{misses: missesToGone - 1, backOff: s.backOff} // at the start one look is enough
	if v.backOff == nil {
		v.backOff = backOff
	}
	for ctx.Err() == nil {
		p, err := s.look(&v)
		if p == nil {
			if err != nil {
				s.fault(err)
			}
			pause(ctx, b, v.next(b.every()))
			continue
		}
		s.set(Ready)
		opened := time.Now()
		err = s.attend(ctx, b, p, use)
		if ctx.Err() != nil {
			break
		}
		if time.Since(opened) >= steadyAfter {
			v.failures = 0
		}
		v.failed()
		if err == nil || errors.Is(err, ErrUnplugged) {
			s.set(Opening)
		} else {
			s.fault(err)
		}
	}
	return ctx.Err()
}

// look looks once at the path and opens the port if it is there and its time
// has come. No port and no error: not yet.
func (s *Supervisor) look(v *vigil) (Port, error) {
	if !s.Exists(s.Config.Path) {
		v.hollow = false
		if v.missed() {
			s.set(Absent)
		}
		return nil, nil
	}
	if time.Now().Before(v.notBefore) {
		if !v.hollow {
			v.misses = 0
		}
		return nil, nil
	}
	if s.state != Faulted && !v.hollow {
		s.set(Opening)
	}
	p, err := s.Open(s.Config)
	switch {
	case errors.Is(err, ErrAbsent): // a link to nothing, a node without a device
		v.hollow = true
		if v.missed() {
			s.set(Absent)
		}
		v.notBefore = time.Now().Add(lookEvery)
		return nil, nil
	case err != nil:
		v.hollow, v.misses = false, 0
		v.failed()
		return nil, err
	}
	if v.hollow {
		s.set(Opening)
	}
	v.hollow, v.misses = false, 0
	return p, nil
}

// vigil is what a supervisor remembers between two openings. Events make it
// look sooner, never open sooner: a flapping device rings all the time.
type vigil struct {
	misses    int
	missedAt  time.Time
	hollow    bool // the path is there, and its opening said ErrAbsent
	failures  int
	notBefore time.Time // of the next opening
	backOff   func(failures int) time.Duration
}

// missed counts a miss, at most one every lookEvery, and says whether the
// device is gone. One that comes back after that begins afresh.
func (v *vigil) missed() (gone bool) {
	if now := time.Now(); v.misses == 0 || now.Sub(v.missedAt) >= lookEvery {
		v.misses, v.missedAt = min(v.misses+1, missesToGone), now
	}
	if v.misses < missesToGone {
		return false
	}
	v.failures, v.notBefore = 0, time.Time{}
	return true
}

// failed puts the next opening off.
func (v *vigil) failed() {
	v.failures++
	v.notBefore = time.Now().Add(v.backOff(v.failures))
}

// next is when to look again at the latest.
func (v *vigil) next(every time.Duration) time.Duration {
	switch wait := time.Until(v.notBefore); {
	case v.misses > 0 && v.misses < missesToGone:
		return lookEvery
	case wait > 0:
		return min(wait, every)
	}
	return every
}

// hang gives the bell that rings when the path may have come or gone.
func (s *Supervisor) hang() bell {
	if s.bell != nil {
		return s.bell(s.Config.Path)
	}
	b, err := watchFolders(filepath.Dir(s.Config.Path))
	if err != nil && s.Log != nil {
		s.Log.Warn("port", "path", s.Config.Path, "error", err) // looking goes on
	}
	return b
}

func openSerial(c Config) (Port, error) {
	s, err := Open(c)
	if err != nil {
		return nil, err // not s: a nil *Serial is no nil Port
	}
	return s, nil
}

func pathExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// goer is a port that can tell, while nobody reads, that its device is gone.
type goer interface {
	Gone() bool
	missing() bool
	end(cause error) error
}

// attend runs use and watches the device meanwhile.
func (s *Supervisor) attend(ctx context.Context, b bell, p Port, use func(context.Context, Port) error) error {
	useCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	used, watched := make(chan struct{}), make(chan struct{})
	g, _ := p.(goer)
	go func() {
		defer close(watched)
		tick := time.NewTimer(lookEvery)
		defer tick.Stop()
		for {
			soon := false
			select {
			case <-used:
				return
			case <-ctx.Done():
				if !waitFor(used, stopGrace) {
					s.closed(p.Close())
				}
				return
			case <-b.rings:
				soon = true // the next look may have come too early
			case <-tick.C:
			}
			if g == nil {
				continue
			}
			if g.Gone() {
				cancel(ErrUnplugged)
				s.closed(g.end(ErrUnplugged))
				return
			}
			if every := b.every(); soon || g.missing() {
				tick.Reset(lookEvery)
			} else {
				tick.Reset(every)
			}
		}
	}()
	err := use(useCtx, p)
	if g != nil && err != nil && useCtx.Err() != nil && ctx.Err() == nil && g.Gone() {
		err = ErrUnplugged // use may have seen only its ctx end
	}
	close(used)
	<-watched
	s.closed(p.Close())
	return err
}

func (s *Supervisor) set(state State) {
	if s.reported && s.state == state {
		return
	}
	s.state, s.reported = state, true
	if s.Log != nil {
		s.Log.Info("port", "path", s.Config.Path, "state", state.String())
	}
	if s.report != nil {
		s.report(state)
	}
}

func (s *Supervisor) fault(err error) {
	if s.Log != nil {
		s.Log.Warn("port", "path", s.Config.Path, "error", err)
	}
	if s.Fault != nil {
		s.Fault(err)
	}
	s.set(Faulted)
}

// closed only notes: a line that will not close cleanly is gone all the same.
func (s *Supervisor) closed(err error) {
	if err != nil && s.Log != nil {
		s.Log.Warn("port", "path", s.Config.Path, "error", err)
	}
}

// backOff doubles with every failure up to backOffMost, half of it jitter so
// that two devices on one bad hub do not keep step.
func backOff(failures int) time.Duration {
	d := backOffFirst
	for i := 1; i < failures && d < backOffMost; i++ {
		d *= 2
	}
	d = min(d, backOffMost)
	return d/2 + rand.N(d/2+1)
}

// pause waits for d, a ring, or until ctx ends, and says whether it rang.
func pause(ctx context.Context, b bell, d time.Duration) (rang bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-b.rings:
		return true
	case <-t.C:
		return false
	}
}

// waitFor says whether done came within d.
func waitFor(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}
