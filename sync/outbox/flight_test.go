package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// slowLine is a portal behind a line: requests share one way up, one after the
// other, and every answer takes a delay. It fails the test when a packet is in
// two requests at once.
type slowLine struct {
	t     *testing.T
	rate  int // bytes per second
	delay time.Duration

	stumble string // the portal fails over a request with this packet
	broken  error  // of every request

	free    time.Time // when the way up is free again
	lock    chan struct{}
	flying  map[string]bool
	arrived []string // "ms: packets"
	began   time.Time
	count   uint64
}

func newSlowLine(t *testing.T, rate int, delay time.Duration) *slowLine {
	l := &slowLine{t: t, rate: rate, delay: delay, lock: make(chan struct{}, 1), flying: map[string]bool{}, began: time.Now()}
	l.lock <- struct{}{}
	return l
}

// set changes what the line does from now on.
func (l *slowLine) set(f func()) {
	<-l.lock
	f()
	l.lock <- struct{}{}
}

// heard is what has arrived so far.
func (l *slowLine) heard() []string {
	<-l.lock
	defer func() { l.lock <- struct{}{} }()
	return slices.Clone(l.arrived)
}

// carry takes the packets up and reports when they are away.
func (l *slowLine) carry(ctx context.Context, ps []dossier.Packet, away func()) error {
	<-l.lock
	size := 0
	for _, p := range ps {
		if l.flying[p.Head.ID] {
			l.t.Errorf("%s is in two flights", p.Head.ID)
		}
		l.flying[p.Head.ID] = true
		size += len(p.Body)
	}
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(size) * time.Second / time.Duration(l.rate))
	up := l.free
	l.lock <- struct{}{}
	if err := l.pass(ctx, time.Until(up)); err != nil {
		return err
	}
	away()
	return l.pass(ctx, l.delay)
}

func (l *slowLine) pass(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// land answers, all of it or nothing.
func (l *slowLine) land(ps []dossier.Packet, each func(i int, r dossier.Receipt)) error {
	<-l.lock
	defer func() { l.lock <- struct{}{} }()
	err := l.broken
	var names []string
	for _, p := range ps {
		delete(l.flying, p.Head.ID)
		names = append(names, p.Head.ID)
		if p.Head.ID == l.stumble {
			err = &trouble{code: "internal"}
		}
	}
	l.arrived = append(l.arrived, fmt.Sprintf("%d: %s", time.Since(l.began).Milliseconds(), strings.Join(names, " ")))
	if err != nil {
		return err
	}
	for i, p := range ps {
		l.count++
		each(i, dossier.Receipt{Packet: p.Head.ID, Digest: "digest", Counter: l.count})
	}
	return nil
}

func (l *slowLine) Put(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, err error) {
	if err := l.carry(ctx, []dossier.Packet{p}, func() {}); err != nil {
		return r, "", err
	}
	err = l.land([]dossier.Packet{p}, func(_ int, got dossier.Receipt) { r = got })
	return r, "receipt", err
}

func (l *slowLine) Batch(ctx context.Context, ps []dossier.Packet, away func(), each func(int, dossier.Receipt, string, error)) error {
	if err := l.carry(ctx, ps, away); err != nil {
		return err
	}
	return l.land(ps, func(i int, r dossier.Receipt) { each(i, r, "receipt", nil) })
}

// flights runs f beside a queue on a line that carries 32 KB a second.
func flights(t *testing.T, n int, f func(t *testing.T, s *store.Store, q *outbox.Queue, l *slowLine)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		for i := range n {
			commitSized(t, s, fmt.Sprint("first", i), dossier.KindHealth, 7<<10)
		}
		q := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
		l := newSlowLine(t, 32<<10, 300*time.Millisecond)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx, l) }()
		f(t, s, q, l)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// The line is never idle while something waits: the answers travel beside the
// next batch.
func TestQueueFillsTheLine(t *testing.T) {
	const packets, each, rate = 100, 7 << 10, 32 << 10
	flights(t, packets, func(t *testing.T, s *store.Store, q *outbox.Queue, l *slowLine) {
		began := time.Now()
		for q.State().Waiting > 0 || time.Since(began) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		floor := packets * each * time.Second / rate
		if took := time.Since(began); took > floor*105/100+300*time.Millisecond {
			t.Errorf("%v for a backlog that takes the line %v", took, floor)
		}
		if l.count != packets {
			t.Errorf("%d receipts", l.count)
		}
	})
}

// A few dossiers go in one request, over the one connection that it takes; more of
// them begin with a small one.
func TestQueueSendsAFewAtOnce(t *testing.T) {
	for n, first := range map[int]int{2: 2, 10: 10, 12: 2} {
		flights(t, n, func(t *testing.T, _ *store.Store, _ *outbox.Queue, l *slowLine) {
			time.Sleep(time.Minute)
			heard := l.heard()
			if len(heard) == 0 || strings.Count(heard[0], " ") != first {
				t.Errorf("%d packets went as %q", n, heard)
			}
		})
	}
}

// A small backlog that a bad line does not carry whole goes in halves.
func TestQueueHalvesAFew(t *testing.T) {
	flights(t, 8, func(t *testing.T, _ *store.Store, q *outbox.Queue, l *slowLine) {
		l.set(func() { l.broken = &trouble{code: "internal"} })
		time.Sleep(10 * time.Second)
		l.set(func() { l.broken = nil })
		time.Sleep(10 * time.Minute)
		var sizes []int
		for _, h := range l.heard() {
			sizes = append(sizes, strings.Count(h, " "))
		}
		if len(sizes) < 3 || sizes[0] != 8 || sizes[1] != 4 || q.State().Waiting != 0 {
			t.Errorf("requests of %v packets; %d wait", sizes, q.State().Waiting)
		}
	})
}

// A hand-over goes before the packets that wait, and beside those on their way.
func TestQueueLetsTheUrgentPass(t *testing.T) {
	flights(t, 100, func(t *testing.T, s *store.Store, q *outbox.Queue, l *slowLine) {
		for i := range 3 {
			time.Sleep(3700 * time.Millisecond)
			began := time.Now()
			id := commitSized(t, s, fmt.Sprint("h", i), dossier.KindHandover, 2<<10)
			for {
				if st, err := s.State(t.Context(), id); err == nil && st.Receipt != "" {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if took := time.Since(began); took > 9*time.Second/2 {
				t.Errorf("the hand-over waited %v", took)
			}
		}
		if st := q.State(); st.Waiting == 0 {
			t.Error("nothing was left to overtake")
		}
	})
}

// Where the portal stumbles over a whole batch because of one packet, the others
// arrive within seconds, and the one is offered again later.
func TestQueueFindsThePoison(t *testing.T) {
	flights(t, 20, func(t *testing.T, s *store.Store, q *outbox.Queue, l *slowLine) {
		l.set(func() { l.stumble = "p-8" })
		time.Sleep(time.Minute)
		if st := q.State(); st.Waiting != 1 || st.Refused != 0 || st.Why != outbox.WhyBusy || st.NextAttempt.IsZero() {
			t.Errorf("%+v", st)
		}
		out, err := s.Outgoing(t.Context(), 2)
		must(t, err)
		if len(out) != 1 || out[0].Packet.Head.ID != "p-8" || out[0].Attempts == 0 {
			t.Fatalf("%d packets are left", len(out))
		}
		l.set(func() { l.stumble = "" })
		time.Sleep(5 * time.Minute)
		if st := q.State(); st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// Two flights that meet the same trouble are one failure, and what the portal
// asks for in one of them holds for both.
func TestQueueFlightsShareTheirTrouble(t *testing.T) {
	flights(t, 60, func(t *testing.T, s *store.Store, q *outbox.Queue, l *slowLine) {
		time.Sleep(3 * time.Second) // one is on its way and another behind it
		l.set(func() { l.broken = errLine })
		time.Sleep(2 * time.Second)
		if st := q.State(); st.Why != outbox.WhyNoNetwork || time.Until(st.NextAttempt) > 3*time.Second {
			t.Errorf("%+v, next in %v", st, time.Until(st.NextAttempt))
		}
		l.set(func() { l.broken = &trouble{code: "busy", wait: 90 * time.Second} })
		q.Wake()
		time.Sleep(20 * time.Second)
		st := q.State()
		if st.Why != outbox.WhyBusy || time.Until(st.NextAttempt) < 60*time.Second {
			t.Errorf("%+v, next in %v", st, time.Until(st.NextAttempt))
		}
		asked := len(l.heard())
		q.Wake()
		time.Sleep(time.Until(st.NextAttempt) - time.Second)
		if len(l.heard()) != asked {
			t.Errorf("sent before the portal's time: %v", l.heard()[asked:])
		}
		l.set(func() { l.broken = nil })
		time.Sleep(time.Minute)
		if st := q.State(); st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
		out, err := s.Outgoing(t.Context(), 1)
		must(t, err)
		if len(out) != 0 {
			t.Error("something is left")
		}
	})
}

// Trouble of the lane is no attempt at any packet.
func TestQueuePausesWithoutCounting(t *testing.T) {
	for name, broken := range map[string]error{
		"identity": &trouble{lane: true}, "no room": &trouble{lane: true, full: true},
		"asked to wait": &trouble{code: "busy", wait: time.Minute}, "no network": errLine,
	} {
		t.Run(name, func(t *testing.T) {
			flights(t, 1, func(t *testing.T, s *store.Store, _ *outbox.Queue, l *slowLine) {
				l.set(func() { l.broken = broken })
				time.Sleep(30 * time.Minute)
				out, err := s.Outgoing(t.Context(), 1)
				must(t, err)
				if len(out) != 1 || out[0].Attempts != 0 {
					t.Errorf("%d packets, %d attempts", len(out), out[0].Attempts)
				}
				if len(l.heard()) < 2 {
					t.Errorf("asked %d times", len(l.heard()))
				}
			})
		})
	}
}
