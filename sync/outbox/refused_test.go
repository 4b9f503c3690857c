package outbox_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// refusing answers every packet with a refusal and counts by packet.
func refusing(offered map[string]int) func(dossier.Packet) error {
	return func(p dossier.Packet) error {
		offered[p.Head.ID]++
		return &trouble{code: dossier.CodeInvalid, refused: true}
	}
}

func total(offered map[string]int) (n int) {
	for _, m := range offered {
		n += m
	}
	return n
}

// Every one of many refused packets is offered in every hour, alone and one after
// another, until it had its tries.
func TestQueueOffersAllRefusedInTheHour(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		const many = 24
		offered := map[string]int{}
		p.set(refusing(offered))
		for i := range many {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
			synctest.Wait()
		}
		for hour := 1; hour < store.RefusedTries; hour++ {
			if len(offered) != many || total(offered) != hour*many {
				t.Fatalf("hour %d: %v", hour, offered)
			}
			st := q.State()
			if in := time.Until(st.NextAttempt); st.Why != outbox.WhyRefused || st.Refused != many || in <= 0 || in > time.Hour {
				t.Errorf("hour %d: %+v, next in %s", hour, st, in)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
		}
		time.Sleep(2 * time.Hour)
		for id, n := range offered {
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
		offered := map[string]int{}
		p.set(refusing(offered))
		commit(t, s, "a", dossier.KindHealth)
		time.Sleep(50 * time.Minute)
		commit(t, s, "b", dossier.KindHealth)
		time.Sleep(20 * time.Minute) // 70 minutes after the first, 20 after the second
		if offered["p-1"] != 2 || offered["p-2"] != 1 {
			t.Errorf("%v", offered)
		}
		time.Sleep(45 * time.Minute)
		if offered["p-1"] != 2 || offered["p-2"] != 2 {
			t.Errorf("%v", offered)
		}
	})
}

// A flood of refused packets takes its turns, and never the line from a new one.
func TestQueueBoundsTheRefusedOfAnHour(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		const many, most = 150, 64
		offered := map[string]int{}
		p.set(refusing(offered))
		for i := range many {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
		}
		synctest.Wait()
		for total(offered) < many { // the rest of what was never offered
			time.Sleep(time.Second)
			synctest.Wait()
		}
		was := many
		for range 3 {
			time.Sleep(time.Hour)
			synctest.Wait()
			n := total(offered) - was
			if was += n; n == 0 || n > most+1 {
				t.Fatalf("%d offered within an hour", n)
			}
		}
		for id, n := range offered {
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
