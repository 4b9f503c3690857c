package outbox_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// commit keeps a packet as far as the queue looks into it.
func commit(t testing.TB, s *store.Store, submitToken string, kind dossier.PacketKind) string {
	t.Helper()
	return commitSized(t, s, submitToken, kind, 4)
}

func commitSized(t testing.TB, s *store.Store, submitToken string, kind dossier.PacketKind, size int) string {
	t.Helper()
	prio := store.PriorityPacket
	if kind == dossier.KindHandover {
		prio = store.PriorityHandover
	}
	c, err := s.Commit(t.Context(), store.Submission{Token: submitToken, Build: func(seq, _ uint64) (store.Rows, error) {
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: kind, Station: "DL27", Seq: seq}
		head, err := json.Marshal(h)
		must(t, err)
		return store.Rows{Packet: dossier.Packet{Head: h, JWS: []byte("e30." + base64.RawURLEncoding.EncodeToString(head) + ".AA"),
			Body: make([]byte, size)}, Digest: "digest", Priority: prio}, nil
	}})
	must(t, err)
	return c.Packet
}

// trouble is an error as a client makes it.
type trouble struct {
	code                dossier.Code
	lane, refused, full bool
	wait                time.Duration
}

func (e *trouble) Error() string       { return "trouble" }
func (e *trouble) Unwrap() error       { return dossier.E(e.code, nil) }
func (e *trouble) Lane() bool          { return e.lane }
func (e *trouble) Refused() bool       { return e.refused }
func (e *trouble) Full() bool          { return e.full }
func (e *trouble) Wait() time.Duration { return e.wait }

// portal answers as a script says and remembers when it was asked.
type portal struct {
	mu    sync.Mutex
	began time.Time
	asked []string // "seconds since the start: packet"
	say   func(p dossier.Packet) error
	count uint64
}

func (p *portal) answer(pk dossier.Packet) (dossier.Receipt, string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.say(pk); err != nil {
		return dossier.Receipt{}, "", err
	}
	p.count++
	return dossier.Receipt{Packet: pk.Head.ID, Digest: "digest", Counter: p.count}, "receipt", nil
}

func (p *portal) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, fmt.Sprintf("%d: %s", int(time.Since(p.began).Seconds()), what))
}

func (p *portal) Put(_ context.Context, pk dossier.Packet) (dossier.Receipt, string, error) {
	p.note(pk.Head.ID)
	return p.answer(pk)
}

func (p *portal) Batch(_ context.Context, ps []dossier.Packet, away func(), each func(int, dossier.Receipt, string, error)) error {
	names := ""
	for _, pk := range ps {
		names += pk.Head.ID + " "
	}
	p.note(names)
	away()
	for i, pk := range ps {
		r, compact, err := p.answer(pk)
		if errors.Is(err, errLine) {
			return err
		}
		each(i, r, compact, err)
	}
	return nil
}

var errLine = dossier.E(dossier.CodeNoNetwork, nil)

// most draws the longest wait, so that a test can count.
func most(n int64) int64 { return n - 1 }

// queue runs f beside a queue on an empty store, on a clock that jumps.
func queue(t *testing.T, f func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		q := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
		p := &portal{began: time.Now(), say: func(dossier.Packet) error { return nil }}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- q.Run(ctx, p) }()
		f(t, s, q, p)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func (p *portal) set(say func(dossier.Packet) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say = say
}

func (p *portal) want(t *testing.T, want ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := cmp.Diff(want, p.asked); d != "" {
		t.Errorf("asked:\n%s", d)
	}
	p.asked, p.began = nil, time.Now()
}

func TestQueueSendsAtOnce(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		synctest.Wait()
		if st := q.State(); st != (outbox.State{}) {
			t.Errorf("nothing waits: %+v", st)
		}
		time.Sleep(time.Hour)
		commit(t, s, "a", dossier.KindHealth)
		synctest.Wait()
		p.want(t, "3600: p-1")
		if st := q.State(); st.Waiting != 0 || st.Why != outbox.WhyNothing {
			t.Errorf("%+v", st)
		}
	})
}

func TestQueueWithoutNetwork(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(dossier.Packet) error { return errLine })
		commit(t, s, "a", dossier.KindHealth)
		synctest.Wait()
		began := time.Now()
		st := q.State()
		if st.Waiting != 1 || st.Why != outbox.WhyNoNetwork || st.Oldest.IsZero() || st.NextAttempt.Sub(began).Round(time.Second) != time.Second {
			t.Errorf("%+v", st)
		}
		time.Sleep(30 * time.Second)
		p.want(t, "0: p-1", "1: p-1", "3: p-1", "7: p-1", "12: p-1", "17: p-1", "22: p-1", "27: p-1")
		out, err := s.Outgoing(t.Context(), 1)
		must(t, err)
		if out[0].Attempts != 0 {
			t.Errorf("no network counts as %d attempts", out[0].Attempts)
		}
		q.Wake() // something answered
		synctest.Wait()
		p.want(t, "0: p-1")
		p.set(func(dossier.Packet) error { return nil })
		commit(t, s, "b", dossier.KindHandover) // does not shorten the wait by itself
		synctest.Wait()
		p.want(t)
		q.Wake()
		synctest.Wait()
		p.want(t, "0: p-2", "0: p-1") // the hand-over first
	})
}

func TestQueueBehindALogInPage(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(dossier.Packet) error { return dossier.E(dossier.CodeNotThePortal, nil) })
		commit(t, s, "a", dossier.KindHealth)
		synctest.Wait()
		if st := q.State(); st.Why != outbox.WhyNotThePortal {
			t.Errorf("%+v", st)
		}
	})
}

func TestQueueHonoursRetryAfter(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(dossier.Packet) error { return &trouble{code: "busy", wait: 90 * time.Second} })
		commit(t, s, "a", dossier.KindHealth)
		synctest.Wait()
		if st := q.State(); st.Why != outbox.WhyBusy || !st.NextAttempt.Equal(time.Now().Add(90*time.Second)) {
			t.Errorf("%+v", st)
		}
		p.set(func(dossier.Packet) error { return nil })
		time.Sleep(10 * time.Second)
		q.Wake()
		commit(t, s, "b", dossier.KindHandover)
		synctest.Wait()
		p.want(t, "0: p-1") // nothing shortens what the portal asked for
		time.Sleep(90 * time.Second)
		p.want(t, "80: p-2", "80: p-1")
	})
}

func TestQueueLanePause(t *testing.T) {
	for name, tt := range map[string]struct {
		err *trouble
		why outbox.Why
	}{
		"identity": {&trouble{lane: true}, outbox.WhyIdentity},
		"no room":  {&trouble{lane: true, full: true}, outbox.WhyPortalFull},
	} {
		t.Run(name, func(t *testing.T) {
			queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
				p.set(func(dossier.Packet) error { return tt.err })
				commit(t, s, "a", dossier.KindHealth)
				synctest.Wait()
				if st := q.State(); st.Why != tt.why || st.Refused != 0 {
					t.Errorf("%+v", st)
				}
				q.Wake()
				commit(t, s, "b", dossier.KindHealth)
				time.Sleep(10 * time.Second)
				p.want(t, "0: p-1")
				p.set(func(dossier.Packet) error { return nil })
				q.Resume() // a technician mended it
				synctest.Wait()
				p.want(t, "0: p-1 p-2 ")
			})
		})
	}
}

// A citizen is told of dossiers; what the station says of itself is none.
func TestQueueTellsDossiersFromOtherPackets(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(dossier.Packet) error { return errLine })
		for i, kind := range []dossier.PacketKind{dossier.KindDossier, dossier.KindHealth, dossier.KindWithdrawal, dossier.KindDossier, dossier.KindRating} {
			commit(t, s, fmt.Sprint(i), kind)
		}
		synctest.Wait()
		if st := q.State(); st.Waiting != 5 || st.Dossiers != 2 {
			t.Errorf("%+v", st)
		}
	})
}

func TestQueueSetsARefusedPacketAside(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(pk dossier.Packet) error {
			if pk.Head.ID == "p-1" {
				return &trouble{code: dossier.CodeInvalid, refused: true}
			}
			return nil
		})
		commit(t, s, "a", dossier.KindHealth)
		synctest.Wait()
		commit(t, s, "b", dossier.KindHealth)
		synctest.Wait()
		p.want(t, "0: p-1", "0: p-2") // the others go on
		st := q.State()
		if st.Waiting != 1 || st.Refused != 1 || st.Why != outbox.WhyRefused {
			t.Errorf("%+v", st)
		}
		time.Sleep(30 * time.Minute)
		p.want(t)
		p.set(func(dossier.Packet) error { return nil })
		time.Sleep(31 * time.Minute)
		p.want(t, "1800: p-1") // never given up
		if st := q.State(); st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestQueueBatches(t *testing.T) {
	queue(t, func(t *testing.T, s *store.Store, q *outbox.Queue, p *portal) {
		p.set(func(dossier.Packet) error { return errLine })
		for i := range 4 {
			commit(t, s, fmt.Sprint(i), dossier.KindHealth)
			synctest.Wait() // the first is tried, and fails, before the others come
		}
		commit(t, s, "h1", dossier.KindHandover)
		commit(t, s, "h2", dossier.KindHandover)
		synctest.Wait()
		p.want(t, "0: p-1")
		p.set(func(pk dossier.Packet) error { // the line breaks in the middle of the second batch
			if pk.Head.ID == "p-3" {
				return errLine
			}
			return nil
		})
		q.Wake()
		synctest.Wait()
		p.want(t, "0: p-5 p-6 ", "0: p-1 p-2 p-3 p-4 ")
		if st := q.State(); st.Waiting != 2 {
			t.Errorf("%+v", st)
		}
		p.set(func(dossier.Packet) error { return nil })
		q.Wake()
		synctest.Wait()
		p.want(t, "0: p-3 p-4 ")
	})
}

// A crash between the send and its receipt: the same bytes again bring the same
// receipt, and the packet leaves the queue once.
func TestQueueAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "store")
		s, err := store.Open(t.Context(), dir, store.Options{})
		must(t, err)
		commit(t, s, "a", dossier.KindHealth)
		ctx, crash := context.WithCancel(t.Context())
		p := &portal{began: time.Now()}
		held := map[string]uint64{}
		p.say = func(pk dossier.Packet) error {
			held[pk.Head.ID]++
			crash() // the portal has it; the station never hears so
			return errLine
		}
		if err := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most).Run(ctx, p); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		must(t, s.Close())
		s, err = store.Open(t.Context(), dir, store.Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		ctx, stop := context.WithCancel(t.Context())
		p.say = func(pk dossier.Packet) error { held[pk.Head.ID]++; return nil }
		done := make(chan error)
		q := outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
		states := make(chan outbox.State, 10)
		q.OnState(func(st outbox.State) { states <- st })
		go func() { done <- q.Run(ctx, p) }()
		synctest.Wait()
		if held["p-1"] != 2 {
			t.Errorf("offered %d times", held["p-1"])
		}
		if st := q.State(); st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
		if st := <-states; st.Waiting != 1 {
			t.Errorf("the first state told: %+v", st)
		}
		if st := <-states; st.Waiting != 0 {
			t.Errorf("the second state told: %+v", st)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
