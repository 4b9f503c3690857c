package portal

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// written counts what is written into a ledger, and may fail.
type written struct {
	ledger.Store
	times atomic.Int64
	fails atomic.Bool
}

func (w *written) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	if w.times.Add(1); w.fails.Load() {
		return errors.New("a full disk")
	}
	return w.Store.Update(ctx, fn)
}

func (f *fixture) desktop(t testing.TB) string {
	t.Helper()
	return f.page(t, "GET", "/desk/", "127.0.0.1:8090", "", nil).Body.String()
}

// When a station was heard outlives a restart, with its age; of one that was never
// heard the page says since when.
func TestContactsOutliveARestart(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	f.clock.Add(time.Hour)
	f.enrolStation(t, "DL28")
	if body := f.desktop(t); !strings.Contains(body, "chưa, kể từ 09:24 14/07/2026") || !strings.Contains(body, "chưa, kể từ 10:24 14/07/2026") {
		t.Errorf("nobody was heard: %s", body)
	}
	f.do(t, s, "GET", wire.PathTrust, nil)
	if body := f.desktop(t); !strings.Contains(body, "10:24 14/07/2026 (vừa xong)") {
		t.Error(body)
	}
	must(t, f.keepContacts(t.Context()))
	f.clock.Add(30 * time.Minute)
	f.do(t, s, "GET", wire.PathTrust, nil) // and a crash before it is written
	f.reopen(t)
	f.clock.Add(3*time.Hour + 30*time.Minute)
	if body := f.desktop(t); !strings.Contains(body, "10:24 14/07/2026 (4 giờ trước)") || !strings.Contains(body, "chưa, kể từ 10:24 14/07/2026") {
		t.Error(body)
	}

	// What cannot be read is not known; the portal opens, and knows again from then on.
	must(t, f.store.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutDocument(docContacts, []byte("{")) }))
	f.reopen(t)
	if body := f.desktop(t); strings.Count(body, "chưa, kể từ 14:24 14/07/2026") != 2 {
		t.Error(body)
	}
	must(t, f.keepContacts(t.Context()))
	f.clock.Add(time.Hour)
	f.reopen(t)
	if body := f.desktop(t); strings.Count(body, "chưa, kể từ 14:24 14/07/2026") != 2 {
		t.Error(body)
	}
}

// However many stations call, contacts are written at most once in contactsEvery, and
// not at all where nobody called; a write that failed is made up for.
func TestContactsAreWrittenSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fixture{dir: t.TempDir(), clock: clock.NewFake(start), log: &lockedBuffer{}}
		f.open(t)
		defer func() { must(t, f.Close()) }()
		s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
		store := &written{Store: f.store}
		f.store = store
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); f.watchContacts(ctx) }()
		pass := func(d time.Duration) int64 { // how often was written meanwhile
			before := store.times.Load()
			<-time.After(d)
			synctest.Wait()
			return store.times.Load() - before
		}
		pass(contactsEvery) // that the first start is known
		for range 3 {
			for range 50 {
				f.do(t, s, "GET", wire.PathTrust, nil)
				f.do(t, other, "GET", wire.PathTrust, nil)
			}
			if n := pass(contactsEvery); n != 1 {
				t.Errorf("%d writes", n)
			}
		}
		if n := pass(10 * contactsEvery); n != 0 {
			t.Errorf("%d writes while nobody called", n)
		}
		f.do(t, s, "GET", wire.PathTrust, nil)
		store.fails.Store(true)
		pass(contactsEvery)
		store.fails.Store(false)
		if n := pass(contactsEvery); n != 1 {
			t.Errorf("%d writes after one that failed", n)
		}
		cancel()
		<-done
	})
}

func TestAgeWords(t *testing.T) {
	for age, want := range map[time.Duration]string{
		-time.Hour: "theo đồng hồ lúc đó", -time.Second: "vừa xong", 0: "vừa xong", 119 * time.Second: "vừa xong", 2 * time.Minute: "2 phút trước",
		119 * time.Minute: "119 phút trước", 2 * time.Hour: "2 giờ trước", 47 * time.Hour: "47 giờ trước", 48 * time.Hour: "2 ngày trước", 400 * 24 * time.Hour: "400 ngày trước",
	} {
		if got := ageWords(age); got != want {
			t.Errorf("%v: %q, want %q", age, got, want)
		}
	}
}

// A portal that is stopped forgets nothing.
func TestContactsAreKeptAtAStop(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	srv, err := f.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	f.do(t, s, "GET", wire.PathTrust, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, srv.Run(ctx))
	f.reopen(t)
	if body := f.desktop(t); !strings.Contains(body, "09:24 14/07/2026 (vừa xong)") {
		t.Error(body)
	}
}
