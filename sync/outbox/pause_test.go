package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// watch is a machine's clock: its boot counter goes with the bubble's time, its
// wall can be set.
type watch struct {
	mu    sync.Mutex
	off   time.Duration
	boot  string
	since time.Time
}

func newWatch() *watch { return &watch{boot: "first", since: time.Now()} }

func (w *watch) Now() time.Time { return w.Stamp().Wall }

func (w *watch) Stamp() dossier.Stamp {
	w.mu.Lock()
	defer w.mu.Unlock()
	return dossier.Stamp{Wall: time.Now().Add(w.off), Source: dossier.TimeSystem, Boot: w.boot, MonoMs: time.Since(w.since).Milliseconds()}
}

func (w *watch) set(off time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = off
}

func (w *watch) reboot(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.boot, w.since = id, time.Now()
}

func opened(t *testing.T, s *store.Store, c clock.Clock) *outbox.Pause {
	t.Helper()
	p, err := outbox.OpenPause(t.Context(), s, c, slog.New(slog.DiscardHandler))
	must(t, err)
	return p
}

// paused runs f beside a queue that obeys a pause.
func paused(t *testing.T, f func(t *testing.T, s *store.Store, q *outbox.Queue, pause *outbox.Pause, p *portal)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		pause := opened(t, s, newWatch())
		q := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
		q.Obey(pause)
		p := &portal{began: time.Now(), say: func(dossier.Packet) error { return nil }}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx, p) }()
		go func() { done <- pause.Run(ctx) }()
		f(t, s, q, pause, p)
		cancel()
		for range 2 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

func TestNothingIsSentInAPause(t *testing.T) {
	paused(t, func(t *testing.T, s *store.Store, q *outbox.Queue, pause *outbox.Pause, p *portal) {
		must(t, pause.Begin(t.Context(), time.Hour))
		ends := time.Now().Add(time.Hour)
		commit(t, s, "one", dossier.KindDossier)
		commit(t, s, "two", dossier.KindHandover)
		time.Sleep(20 * time.Minute)
		q.Wake()
		q.Resume() // somebody else's trouble was mended: the pause is not over
		time.Sleep(20 * time.Minute)
		if st := q.State(); st.Waiting != 2 || st.Why != outbox.WhyPaused || !st.NextAttempt.Equal(ends) {
			t.Errorf("%+v, the pause ends at %s", st, ends)
		}
		p.want(t)
		time.Sleep(20*time.Minute + time.Second)
		synctest.Wait()
		p.want(t, "1200: p-2", "1200: p-1")
		if st := q.State(); st != (outbox.State{}) {
			t.Errorf("afterwards: %+v", st)
		}
	})
}

func TestAPauseEndedByHand(t *testing.T) {
	paused(t, func(t *testing.T, s *store.Store, q *outbox.Queue, pause *outbox.Pause, p *portal) {
		must(t, pause.Begin(t.Context(), time.Hour))
		commit(t, s, "one", dossier.KindDossier)
		time.Sleep(time.Minute)
		must(t, pause.End(t.Context()))
		synctest.Wait()
		p.want(t, "60: p-1")
		if left := pause.Left(); left != 0 {
			t.Errorf("%s are left of it", left)
		}
		// The same as with no pause: an ended one leaves nothing behind.
		commit(t, s, "two", dossier.KindDossier)
		synctest.Wait()
		p.want(t, "0: p-2")
	})
}

// What is on the line when a pause begins is sent and counts; what would have
// followed stays.
func TestAPauseTakesHoldBetweenBatches(t *testing.T) {
	paused(t, func(t *testing.T, s *store.Store, q *outbox.Queue, pause *outbox.Pause, p *portal) {
		p.set(func(dossier.Packet) error {
			time.Sleep(5 * time.Second)
			return nil
		})
		commit(t, s, "one", dossier.KindDossier)
		synctest.Wait()
		must(t, pause.Begin(t.Context(), time.Hour))
		commit(t, s, "two", dossier.KindHandover) // more urgent than what is on its way
		time.Sleep(time.Minute)
		synctest.Wait()
		p.want(t, "0: p-1")
		if st := q.State(); st.Waiting != 1 || st.Why != outbox.WhyPaused {
			t.Errorf("%+v", st)
		}
	})
}

func TestAPauseTakesHoldBetweenChunks(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.commit(t, "one", 5*chunkBytes)
		time.Sleep(chunkTime + chunkTime/2) // into the second chunk
		must(t, l.pause.Begin(t.Context(), time.Hour))
		ends := time.Now().Add(time.Hour)
		time.Sleep(time.Minute)
		l.files.Wake()
		l.files.Resume()
		synctest.Wait()
		l.want(t, "0: p-1", "0: p-1 f0", "4: p-1 f0")
		if st := l.files.State(); st.Waiting != 1 || st.Why != outbox.WhyPaused || !st.NextAttempt.Equal(ends) {
			t.Errorf("%+v, the pause ends at %s", st, ends)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		l.mu.Lock()
		asks := l.asks
		l.mu.Unlock()
		if len(asks) != 5 || asks[2] != 2*chunkBytes {
			t.Errorf("it went on from %v", asks)
		}
		if st := l.files.State(); st != (outbox.FilesState{}) {
			t.Errorf("afterwards: %+v", st)
		}
	})
}

// A pause outlives the program, and no clock that is set makes it longer.
func TestAPauseAcrossRestarts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		meddle func(w *watch)
		want   time.Duration // left after 20 minutes and another start
	}{
		{"the program starts again", func(*watch) {}, 40 * time.Minute},
		{"and the clock was set back", func(w *watch) { w.set(-3 * time.Hour) }, 40 * time.Minute},
		{"and the clock was set forward", func(w *watch) { w.set(3 * time.Hour) }, 40 * time.Minute},
		{"the machine starts again", func(w *watch) { w.reboot("second") }, 40 * time.Minute},
		{"and lost its clock", func(w *watch) { w.reboot("second"); w.set(-10 * 365 * 24 * time.Hour) }, time.Hour},
		{"and its clock runs ahead", func(w *watch) { w.reboot("second"); w.set(3 * time.Hour) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, dir := newWatch(), filepath.Join(t.TempDir(), "store")
				open := func() *store.Store {
					s, err := store.Open(t.Context(), dir, store.Options{Log: slog.New(slog.DiscardHandler)})
					must(t, err)
					return s
				}
				s := open()
				must(t, opened(t, s, w).Begin(t.Context(), time.Hour))
				must(t, s.Close())
				time.Sleep(20 * time.Minute)
				tt.meddle(w)
				s = open()
				defer func() { must(t, s.Close()) }()
				p := opened(t, s, w)
				if left := p.Left(); left != tt.want {
					t.Errorf("%s are left, not %s", left, tt.want)
				}
				time.Sleep(tt.want)
				if left := p.Left(); left != 0 {
					t.Errorf("%s are left at its end", left)
				}
			})
		})
	}
}

// A machine without a clock that is switched off again and again still reaches
// the end: what is left is written down.
func TestAPauseEndsWithoutAClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		w, began := newWatch(), time.Now()
		must(t, opened(t, s, w).Begin(t.Context(), time.Hour))
		for boot := 0; ; boot++ {
			w.reboot(strings.Repeat("x", boot+1))
			w.set(-time.Since(began)) // it wakes at the same time of the same day each time
			p := opened(t, s, w)
			if p.Left() == 0 {
				break
			}
			if boot == 10 {
				t.Fatalf("%s are left after %d starts", p.Left(), boot)
			}
			ctx, off := context.WithTimeout(t.Context(), 15*time.Minute)
			if err := p.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			off()
		}
	})
}

func TestPausesThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		p := opened(t, s, newWatch())
		for _, d := range []time.Duration{-time.Second, 0, outbox.PauseMost + 1} {
			if err := p.Begin(t.Context(), d); dossier.CodeOf(err) != dossier.CodeInvalid || p.Left() != 0 {
				t.Errorf("%s: %v, %s left", d, err, p.Left())
			}
		}
		for _, kept := range []string{"", "{", `{"left_ms":-5}`, `{"left_ms":99999999999999999}`} {
			must(t, s.PutDocument(t.Context(), store.DocPause, "", []byte(kept)))
			if left := opened(t, s, newWatch()).Left(); left > outbox.PauseMost {
				t.Errorf("%q is a pause of %s", kept, left)
			}
		}
		if left := (*outbox.Pause)(nil).Left(); left != 0 {
			t.Errorf("no pause is one of %s", left)
		}
	})
}
