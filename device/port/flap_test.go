package port

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// scene is a machine on which a path comes and goes, in the bubble's time.
type scene struct {
	sup   *Supervisor
	rings chan struct{}

	mu     sync.Mutex // held by the script but while its time passes
	there  bool
	open   error
	use    error         // what use ends with
	lasts  time.Duration // and after how long; 0: with its ctx
	looks  int
	opens  []time.Time
	states []State
	port   func() Port
}

// play runs the supervisor for d while script changes the scene.
func play(t *testing.T, d time.Duration, sure bool, script func(s *scene)) *scene {
	t.Helper()
	s := &scene{rings: make(chan struct{}, 1), there: true, port: func() Port { return newFakePort() }}
	s.sup = &Supervisor{
		Exists: func(string) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.looks++
			return s.there
		},
		Open: func(Config) (Port, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.opens = append(s.opens, time.Now())
			if s.open != nil {
				return nil, s.open
			}
			return s.port(), nil
		},
		bell: func(string) bell { return bell{rings: s.rings, sure: func() bool { return sure }} },
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.mu.Lock()
		defer s.mu.Unlock()
		script(s)
	}()
	synctest.Wait() // what it does before its first wait is how things begin
	err := s.sup.Run(ctx, func(ctx context.Context, _ Port) error {
		s.mu.Lock()
		use, lasts := s.use, s.lasts
		s.mu.Unlock()
		if lasts > 0 {
			waitFor(ctx.Done(), lasts)
		} else if use == nil {
			<-ctx.Done()
		}
		return use
	}, func(st State) { s.states = append(s.states, st) })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v", err)
	}
	<-ended
	return s
}

func (s *scene) ring() {
	select {
	case s.rings <- struct{}{}:
	default:
	}
}

// after lets the scene's time pass.
func (s *scene) after(d time.Duration) {
	s.mu.Unlock()
	defer s.mu.Lock()
	time.Sleep(d)
	synctest.Wait()
}

func wantStates(t *testing.T, s *scene, want ...State) {
	t.Helper()
	if !slices.Equal(s.states, want) {
		t.Errorf("states %v, want %v", s.states, want)
	}
}

func TestSuperviseByEvents(t *testing.T) {
	busy, gone := ErrBusy, ErrUnplugged
	for name, do := range map[string]func(t *testing.T){
		"an event opens at once": func(t *testing.T) {
			var plugged time.Time
			s := play(t, time.Minute, true, func(s *scene) {
				s.there = false
				s.after(10*time.Second + lookSeldom/3)
				plugged, s.there = time.Now(), true
				s.ring()
			})
			if len(s.opens) != 1 || !s.opens[0].Equal(plugged) {
				t.Errorf("plugged %v, opened %v", plugged, s.opens)
			}
			wantStates(t, s, Absent, Opening, Ready)
		},
		"an event that is missed opens soon": func(t *testing.T) {
			var plugged time.Time
			s := play(t, time.Minute, true, func(s *scene) {
				s.there = false
				s.after(10 * time.Second)
				plugged, s.there = time.Now(), true
			})
			if len(s.opens) != 1 || s.opens[0].Sub(plugged) > lookSeldom {
				t.Errorf("plugged %v, opened %v", plugged, s.opens)
			}
		},
		"without events it looks more often": func(t *testing.T) {
			var plugged time.Time
			s := play(t, time.Minute, false, func(s *scene) {
				s.there = false
				s.after(10 * time.Second)
				plugged, s.there = time.Now(), true
			})
			if len(s.opens) != 1 || s.opens[0].Sub(plugged) > lookEvery {
				t.Errorf("plugged %v, opened %v", plugged, s.opens)
			}
		},
		"an absent device is looked at seldom": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) { s.there = false })
			if most := int(time.Minute/lookSeldom) + missesToGone; s.looks > most {
				t.Errorf("%d looks in a minute", s.looks)
			}
			wantStates(t, s, Absent)
		},
		"a storm of events opens no busy line more often": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) {
				s.open = busy
				for range 3000 {
					s.ring()
					s.after(ringGap)
				}
			})
			if n := len(s.opens); n < 10 || n > 40 {
				t.Errorf("opened %d times in a minute", n)
			}
			if s.looks > 3000+100 {
				t.Errorf("%d looks at 3000 events", s.looks)
			}
			wantStates(t, s, Opening, Faulted)
		},
		"a link that flaps faster than it is believed": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) {
				s.use, s.lasts = gone, 50*time.Millisecond
				for range 600 {
					s.after(100 * time.Millisecond)
					s.there = !s.there
					s.ring()
				}
			})
			if n := len(s.opens); n < 5 || n > 40 {
				t.Errorf("opened %d times in a minute", n)
			}
			if slices.Contains(s.states, Absent) || slices.Contains(s.states, Faulted) {
				t.Errorf("states %v", s.states)
			}
		},
		"a flap while the port works ends nothing": func(t *testing.T) {
			fake := newFlapPort()
			s := play(t, time.Minute, true, func(s *scene) {
				s.port = func() Port { return fake }
				for range 20 {
					s.after(time.Second)
					fake.away.Store(true)
					s.ring()
					s.after((missesToGone-1)*lookEvery - time.Millisecond)
					fake.away.Store(false)
					s.ring()
				}
			})
			if len(s.opens) != 1 {
				t.Errorf("opened %d times", len(s.opens))
			}
			wantStates(t, s, Opening, Ready)
		},
		"three misses while the port works end it": func(t *testing.T) {
			fake := newFlapPort()
			var at time.Time
			s := play(t, time.Minute, true, func(s *scene) {
				s.port = func() Port { return fake }
				s.after(5*time.Second + lookEvery/2)
				at, s.there = time.Now(), false
				fake.away.Store(true)
				s.ring()
			})
			if took := fake.endedAt.Sub(at); !errors.Is(fake.cause, ErrUnplugged) || took > missesToGone*lookEvery {
				t.Errorf("ended with %v after %v", fake.cause, took)
			}
			wantStates(t, s, Opening, Ready, Opening, Absent)
		},
		"and so they do where the event is missed": func(t *testing.T) {
			fake := newFlapPort()
			var at time.Time
			s := play(t, time.Minute, true, func(s *scene) {
				s.port = func() Port { return fake }
				s.after(5 * time.Second)
				at, s.there = time.Now(), false
				fake.away.Store(true)
			})
			if took := fake.endedAt.Sub(at); !errors.Is(fake.cause, ErrUnplugged) || took > lookSeldom+missesToGone*lookEvery {
				t.Errorf("ended with %v after %v", fake.cause, took)
			}
			wantStates(t, s, Opening, Ready, Opening, Absent)
		},
		"a faulted device that is taken out and put in is opened at once": func(t *testing.T) {
			var plugged time.Time
			s := play(t, 2*time.Minute, true, func(s *scene) {
				s.open = busy
				s.after(time.Minute) // the back-off is at its longest
				s.there = false
				s.ring()
				s.after(2 * time.Second)
				plugged, s.there, s.open = time.Now(), true, nil
				s.ring()
			})
			if last := s.opens[len(s.opens)-1]; !last.Equal(plugged) {
				t.Errorf("plugged %v, opened %v", plugged, last)
			}
			wantStates(t, s, Opening, Faulted, Absent, Opening, Ready)
		},
		"a node without a device is tried in measure and told once": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) { s.open = ErrAbsent })
			if most := int(time.Minute/lookEvery) + 1; len(s.opens) > most {
				t.Errorf("opened %d times in a minute", len(s.opens))
			}
			wantStates(t, s, Opening, Absent)
		},
		"a line of zeros and ends does not spin": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) { s.use = io.EOF })
			if n := len(s.opens); n < 10 || n > 40 {
				t.Errorf("opened %d times in a minute", n)
			}
		},
		"an I/O error is a fault, then all is well": func(t *testing.T) {
			s := play(t, time.Minute, true, func(s *scene) {
				s.use = &os.PathError{Op: "read", Err: errors.New("input/output error")}
				s.after(10 * time.Millisecond)
				s.use = nil
			})
			wantStates(t, s, Opening, Ready, Faulted, Ready)
		},
		"no port at all is told and tried again": func(t *testing.T) {
			var told []error
			s := play(t, time.Minute, true, func(s *scene) {
				s.open, s.sup.Fault = ErrNotAPort, func(err error) { told = append(told, err) }
				s.after(20 * time.Second)
				s.open = nil
			})
			if len(told) == 0 || !errors.Is(told[0], ErrNotAPort) {
				t.Errorf("told %v", told)
			}
			wantStates(t, s, Opening, Faulted, Ready)
		},
		"a port that worked is forgiven its past": func(t *testing.T) {
			s := play(t, 3*time.Minute, true, func(s *scene) {
				s.open = busy
				s.after(time.Minute)
				s.open, s.use, s.lasts = nil, gone, 2*steadyAfter
			})
			// Unplugged after having worked: opened again within the first back-off.
			var short bool
			for i := 1; i < len(s.opens); i++ {
				if gap := s.opens[i].Sub(s.opens[i-1]); gap > 2*steadyAfter && gap <= 2*steadyAfter+backOffFirst {
					short = true
				}
			}
			if !short {
				t.Errorf("opened %v", s.opens)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, do) })
	}
}

// flapPort is a port whose path can be away.
type flapPort struct {
	*fakePort
	away    atomic.Bool
	now     presence
	cause   error
	endedAt time.Time
}

func newFlapPort() *flapPort {
	p := &flapPort{fakePort: newFakePort()}
	p.now.look = func() bool { return !p.away.Load() }
	return p
}

func (p *flapPort) Gone() bool    { return p.now.gone(time.Now()) }
func (p *flapPort) missing() bool { return p.now.missing() }
func (p *flapPort) end(cause error) error {
	p.cause, p.endedAt = cause, time.Now()
	return p.Close()
}
