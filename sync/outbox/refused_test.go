package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// offers counts how often each packet was offered.
type offers struct {
	mu sync.Mutex
	by map[string]int
}

// refuse answers a packet with a refusal.
func (o *offers) refuse(p dossier.Packet) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.by == nil {
		o.by = map[string]int{}
	}
	o.by[p.Head.ID]++
	return &trouble{code: dossier.CodeInvalid, refused: true}
}

// now is what was offered once nothing is under way.
func (o *offers) now() map[string]int {
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.by)
}

func (o *offers) total() (n int) {
	for _, m := range o.now() {
		n += m
	}
	return n
}

// Every one of many refused packets is offered in every hour, alone and one after
// another, until it had its tries.
func TestQueueOffersAllRefusedInTheHour(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		const many = 24
		var offered offers
		p.set(offered.refuse)
		for i := range many {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
			synctest.Wait()
		}
		for hour := 1; hour < store.RefusedTries; hour++ {
			if len(offered.now()) != many || offered.total() != hour*many {
				t.Fatalf("hour %d: %v", hour, offered.now())
			}
			st := q.State()
			if in := time.Until(st.NextAttempt); st.Why != outbox.WhyRefused || st.Refused != many || in <= 0 || in > time.Hour {
				t.Errorf("hour %d: %+v, next in %s", hour, st, in)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
		}
		time.Sleep(2 * time.Hour)
		for id, n := range offered.now() {
			if n != store.RefusedTries {
				t.Errorf("%s was offered %d times", id, n)
			}
		}
		if st := q.State(); st.Refused != many || !st.NextAttempt.IsZero() {
			t.Errorf("given up: %+v", st)
		}
	})
}

// What was refused a moment ago waits its own hour, not the rest of another's.
func TestQueueGivesEachRefusedItsOwnHour(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		var offered offers
		p.set(offered.refuse)
		commit(t, s, "a", dossier.KindHealth)
		time.Sleep(50 * time.Minute)
		commit(t, s, "b", dossier.KindHealth)
		time.Sleep(20 * time.Minute) // 70 minutes after the first, 20 after the second
		if got := offered.now(); got["p-1"] != 2 || got["p-2"] != 1 {
			t.Errorf("%v", got)
		}
		time.Sleep(45 * time.Minute)
		if got := offered.now(); got["p-1"] != 2 || got["p-2"] != 2 {
			t.Errorf("%v", got)
		}
	})
}

// A flood of refused packets takes its turns, and never the line from a new one.
func TestQueueBoundsTheRefusedOfAnHour(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		const many, most = 150, 64
		var offered offers
		p.set(offered.refuse)
		for i := range many {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
		}
		synctest.Wait()
		for offered.total() < many { // the rest of what was never offered
			time.Sleep(time.Second)
			synctest.Wait()
		}
		was := many
		for range 3 {
			time.Sleep(time.Hour)
			synctest.Wait()
			n := offered.total() - was
			if was += n; n == 0 || n > most+1 {
				t.Fatalf("%d offered within an hour", n)
			}
		}
		for id, n := range offered.now() {
			if n < 2 {
				t.Errorf("%s was never offered again", id)
			}
		}
		p.set(func(dossier.Packet) error { return nil })
		before := time.Now()
		commit(t, s, "new", dossier.KindHealth)
		synctest.Wait()
		if w, err := s.Waiting(t.Context()); err != nil || w.Packets != w.Refused || time.Since(before) > time.Second {
			t.Errorf("the new packet waits behind the refused: %+v, %v", w, err)
		}
	})
}

// What was refused before the start waits for its own part of the first hour.
func TestQueueSpreadsTheRefusedAfterAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 24
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		for i := range many {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
		}
		var offered offers
		run := func(f func(q *outbox.Queue)) {
			q := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- q.Run(ctx, &portal{began: time.Now(), say: offered.refuse}) }()
			f(q)
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		run(func(*outbox.Queue) { offered.now() })
		if offered.total() != many {
			t.Fatalf("at first: %v", offered.now())
		}
		for range 10 { // the power comes and goes
			run(func(q *outbox.Queue) {
				if st, n := q.State(), offered.total(); n > many+1 {
					t.Errorf("at the start %d of %d were offered again, %+v", n-many, many, st)
				}
			})
		}
		was := offered.total()
		run(func(q *outbox.Queue) {
			offered.now()
			if st := q.State(); st.Why != outbox.WhyRefused || st.NextAttempt.IsZero() {
				t.Errorf("%+v", st)
			}
			for part := range 4 {
				time.Sleep(15 * time.Minute)
				if n := offered.total() - was; n <= part*many/8 || n > many {
					t.Errorf("%d minutes after the start %d of %d were offered", 15*(part+1), n, many)
				}
			}
			if n := offered.total() - was; n != many {
				t.Errorf("after the hour %d of %d were offered", n, many)
			}
		})
		was = offered.total()
		run(func(q *outbox.Queue) {
			offered.now()
			q.Resume() // a person has mended something
			if n := offered.total() - was; n < many {
				t.Errorf("after a person's word %d of %d were offered", n, many)
			}
		})
	})
}
