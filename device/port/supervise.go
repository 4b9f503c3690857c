package port

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
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
// device goes, and the port is closed when it returns. An error of use other
// than ErrUnplugged makes the port Faulted; it is opened again after a
// back-off. Report, if not nil, is called with every change of state, from
// Run's goroutine.
func (s *Supervisor) Run(ctx context.Context, use func(context.Context, Port) error, report func(State)) error {
	s.report = report
	open, exists := s.Open, s.Exists
	if open == nil {
		open = openSerial
	}
	if exists == nil {
		exists = pathExists
	}
	misses, failures := missesToGone-1, 0 // at the start one look is enough
	for ctx.Err() == nil {
		var port Port
		err := ErrAbsent
		if exists(s.Config.Path) {
			if s.state != Faulted {
				s.set(Opening)
			}
			port, err = open(s.Config)
		}
		switch {
		case errors.Is(err, ErrAbsent):
			misses++
			if misses >= missesToGone {
				s.set(Absent)
				failures = 0
			}
			wait(ctx, lookEvery)
			continue
		case err != nil:
			misses = 0
			s.fault(err)
			failures++
			wait(ctx, backOff(failures))
			continue
		}
		misses = 0
		s.set(Ready)
		opened := time.Now()
		err = s.attend(ctx, port, use)
		if time.Since(opened) >= steadyAfter {
			failures = 0
		}
		if ctx.Err() != nil {
			break
		}
		if err == nil || errors.Is(err, ErrUnplugged) {
			s.set(Opening)
		} else {
			s.fault(err)
		}
		failures++
		wait(ctx, backOff(failures))
	}
	return ctx.Err()
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
	end(cause error) error
}

// attend runs use and watches the device meanwhile.
func (s *Supervisor) attend(ctx context.Context, p Port, use func(context.Context, Port) error) error {
	useCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	used, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-used:
				return
			case <-ctx.Done():
				if !waitFor(used, stopGrace) {
					s.closed(p.Close())
				}
				return
			case <-tick.C:
				if g, ok := p.(goer); ok && g.Gone() {
					cancel()
					s.closed(g.end(ErrUnplugged))
					return
				}
			}
		}
	}()
	err := use(useCtx, p)
	if g, ok := p.(goer); ok && err != nil && useCtx.Err() != nil && ctx.Err() == nil && g.Gone() {
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

// wait waits for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) { waitFor(ctx.Done(), d) }

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
