package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// states collects reports and lets a test wait for one.
type states struct {
	mu  sync.Mutex
	all []State
	ch  chan State
}

func newStates() *states { return &states{ch: make(chan State, 100)} }

func (s *states) report(st State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, st)
	s.ch <- st
}

func (s *states) await(t *testing.T, want State) {
	t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case got := <-s.ch:
			if got == want {
				return
			}
		case <-timeout:
			t.Fatalf("never %v", want)
		}
	}
}

func TestSuperviseReplug(t *testing.T) {
	d := newDevice(t)
	first := d.slave
	ctx, cancel := context.WithCancel(t.Context())
	st, said := newStates(), make(chan string, 10)
	ended := start(func() (int, error) {
		return 0, Supervise(ctx, Config{Path: d.link}, func(ctx context.Context, p Port) error {
			for {
				buf := make([]byte, 16)
				n, err := ReadContext(ctx, p, buf)
				if err != nil {
					return err
				}
				said <- string(buf[:n])
			}
		}, st.report)
	})
	hear := func(want string) {
		t.Helper()
		select {
		case got := <-said:
			if got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		case <-time.After(soon):
			t.Fatalf("never heard %q", want)
		}
	}
	st.await(t, Ready)
	d.say("one")
	hear("one")

	d.unplug()
	// Hold the old number, so that the device comes back at another one.
	hold := newDevice(t)
	st.await(t, Absent)
	d.plug()
	if d.slave == first && hold.slave == first {
		t.Fatal("two ptys with one name")
	}
	st.await(t, Ready)
	d.say("two")
	hear("two")

	// A twin takes the link over: the one that works is kept, and the other
	// only taken when it goes.
	twin := *d
	d.plug()
	d.say("not for us")
	if _, err := twin.master.WriteString("three"); err != nil {
		t.Fatal(err)
	}
	hear("three")
	if err := errors.Join(twin.master.Close(), twin.hold.Close()); err != nil {
		t.Fatal(err)
	}
	st.await(t, Ready)
	hear("not for us")
	d.say("four")
	hear("four")

	cancel()
	if r := take(t, ended); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Supervise: %v", r.err)
	}
}

// fakePort blocks in Read until it is closed.
type fakePort struct {
	closed chan struct{}
	once   sync.Once
}

func newFakePort() *fakePort { return &fakePort{closed: make(chan struct{})} }

func (p *fakePort) Read([]byte) (int, error)         { <-p.closed; return 0, os.ErrClosed }
func (p *fakePort) Write(b []byte) (int, error)      { return len(b), nil }
func (p *fakePort) SetReadDeadline(time.Time) error  { return nil }
func (p *fakePort) SetWriteDeadline(time.Time) error { return nil }
func (p *fakePort) Close() error                     { p.once.Do(func() { close(p.closed) }); return nil }

// Each step is one attempt to open: what is there and what then happens.
type step struct {
	absent bool
	open   error
	use    error
	lasts  time.Duration
}

func TestSuperviseStates(t *testing.T) {
	gone := fmt.Errorf("read: %w", ErrUnplugged)
	for name, c := range map[string]struct {
		steps []step
		want  []State
	}{
		"nothing there": {[]step{{absent: true}, {absent: true}}, []State{Absent}},
		"comes later":   {[]step{{absent: true}, {lasts: time.Hour}}, []State{Absent, Opening, Ready}},
		"vanishes between look and open": {
			[]step{{open: ErrAbsent}, {lasts: time.Hour}}, []State{Opening, Absent, Opening, Ready}},
		"busy, then free": {
			[]step{{open: ErrBusy}, {open: ErrBusy}, {lasts: time.Hour}}, []State{Opening, Faulted, Ready}},
		"a short flap is no absence": {
			[]step{{use: gone}, {absent: true}, {absent: true}, {lasts: time.Hour}}, []State{Opening, Ready, Opening, Ready}},
		"three misses are": {
			[]step{{use: gone}, {absent: true}, {absent: true}, {absent: true}, {lasts: time.Hour}},
			[]State{Opening, Ready, Opening, Absent, Opening, Ready}},
		"use fails": {
			[]step{{use: io.ErrUnexpectedEOF}, {lasts: time.Hour}}, []State{Opening, Ready, Faulted, Ready}},
		"use is done": {
			[]step{{}, {lasts: time.Hour}}, []State{Opening, Ready, Opening, Ready}},
		"a fault, then unplugged": {
			[]step{{open: ErrBusy}, {absent: true}, {absent: true}, {absent: true}}, []State{Opening, Faulted, Absent}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				i := -1
				now := func() step { return c.steps[min(i, len(c.steps)-1)] }
				var got []State
				s := &Supervisor{
					Exists: func(string) bool { i++; return !now().absent },
					bell:   noBell, Open: func(Config) (Port, error) {
						if err := now().open; err != nil {
							return nil, err
						}
						return newFakePort(), nil
					},
				}
				use := func(ctx context.Context, _ Port) error {
					waitFor(ctx.Done(), now().lasts)
					return now().use
				}
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					if err := s.Run(ctx, use, func(st State) { got = append(got, st) }); !errors.Is(err, context.Canceled) {
						t.Errorf("Run: %v", err)
					}
				}()
				time.Sleep(time.Minute) // of the bubble's time
				cancel()
				<-ended
				if !slices.Equal(got, c.want) {
					t.Errorf("states %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestSuperviseBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Time
		s := &Supervisor{
			bell: noBell, Exists: func(string) bool { return true },
			Open: func(Config) (Port, error) { at = append(at, time.Now()); return nil, ErrBusy },
		}
		time.AfterFunc(time.Minute, cancel)
		_ = s.Run(ctx, nil, nil)
		if len(at) < 10 || len(at) > 40 {
			t.Fatalf("%d attempts in a minute", len(at))
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap < backOffFirst/2 || gap > backOffMost {
				t.Errorf("attempt %d after %v", i, gap)
			}
		}
		if gap := at[len(at)-1].Sub(at[len(at)-2]); gap < backOffMost/2 {
			t.Errorf("the back-off does not grow: %v", gap)
		}
	})
}

func TestSuperviseClosesUnderAStubbornUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &Supervisor{
			bell: noBell, Exists: func(string) bool { return true },
			Open: func(Config) (Port, error) { return newFakePort(), nil },
		}
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		_ = s.Run(ctx, func(_ context.Context, p Port) error {
			_, err := p.Read(nil) // never looks at its ctx
			return err
		}, nil)
		if took := time.Since(began); took != time.Second+stopGrace {
			t.Errorf("Run ended after %v", took)
		}
	})
}

// noBell is a machine without events.
func noBell(string) bell { return bell{} }
