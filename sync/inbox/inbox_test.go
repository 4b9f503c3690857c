package inbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"
	"go.uber.org/goleak"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

func TestMain(m *testing.M) {
	// The compressor and the decompressor live as long as the process: they must
	// not be born inside one test's bubble.
	if err := warm(); err != nil {
		panic(err)
	}
	// The decompressor keeps its workers for the life of the process.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/klauspost/compress/zstd.(*blockDec).startDecoder"))
}

func warm() error {
	prov, err := prove.NewProvince(time.Now())
	if err != nil {
		return err
	}
	p, err := seal.Freeze(dossier.Head{ID: "019f6a1e-0000-7000-8000-000000000001", Kind: dossier.KindHealth, Station: "DL27", Seq: 1},
		nil, prov.Trust.Recipients[0], prov.Receipts)
	if err != nil {
		return err
	}
	_, err = seal.Open(p, []age.Identity{prov.Identity})
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// portal answers as a test says and remembers what it was asked.
type portal struct {
	mu       sync.Mutex
	began    time.Time
	asked    []string
	answer   func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error)
	document func(what string) (client.Fetched, error)
}

func (p *portal) note(format string, args ...any) {
	p.asked = append(p.asked, fmt.Sprintf("%d: ", int(time.Since(p.began).Seconds()))+fmt.Sprintf(format, args...))
}

func (p *portal) Events(ctx context.Context, q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
	p.mu.Lock()
	p.note("%s wait %v", q.After, q.Wait)
	a, m, err := p.answer(q)
	p.mu.Unlock()
	if err == nil && len(a.Events) == 0 {
		select { // a real portal holds on to the answer
		case <-ctx.Done():
			return a, m, ctx.Err()
		case <-time.After(q.Wait):
		}
	}
	return a, m, err
}

func (p *portal) fetch(what string) (client.Fetched, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note("%s", what)
	if p.document == nil {
		return client.Fetched{}, nil
	}
	return p.document(what)
}

func (p *portal) Catalogue(context.Context, string, client.Fetched) (client.Fetched, error) {
	return p.fetch("catalogue")
}
func (p *portal) Renew(context.Context) error { return nil }
func (p *portal) Delta(context.Context, int) (client.Fetched, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return client.Fetched{}, dossier.E(wire.CodeNoDelta, nil)
}
func (p *portal) Staff(context.Context, string) (client.Fetched, error) { return p.fetch("staff") }
func (p *portal) Trust(context.Context, string) (client.Fetched, error) { return p.fetch("trust") }

func (p *portal) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.asked
	p.asked, p.began = nil, time.Now()
	return list
}

func (p *portal) says(f func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = f
}

// rig is an enrolled station that follows a portal on a clock that jumps.
type rig struct {
	t      *testing.T
	prov   *prove.Province
	st     *prove.Station
	portal *portal
	slip   token.Slip
	packet string
	log    strings.Builder

	mu      sync.Mutex
	notes   []inbox.Note
	between func() // runs once, before the next event is applied
	quiet   bool
}

func (r *rig) hush(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quiet = on
}

func (r *rig) isQuiet() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.quiet
}

// point lets something happen while an event is on its way into the store.
func (r *rig) point(p store.Point) error {
	if p != (store.Point{What: "apply an event", When: store.Before}) {
		return nil
	}
	r.mu.Lock()
	f := r.between
	r.between = nil
	r.mu.Unlock()
	if f != nil {
		f()
	}
	return nil
}

// newRig is a station that holds one dossier and follows nobody yet.
func newRig(t *testing.T) *rig {
	r := &rig{t: t, portal: &portal{began: time.Now()}}
	var err error
	r.prov, err = prove.NewProvince(time.Now())
	must(t, err)
	r.st, err = prove.OpenWith(t.Context(), filepath.Join(t.TempDir(), "station"), prove.Wiring{Clock: clock.NewSystem(clock.Options{Wall: time.Now}),
		Log: slog.New(slog.NewTextHandler(&r.log, nil)), Store: store.Options{Point: r.point}, Quiet: r.isQuiet})
	must(t, err)
	e, err := r.prov.Enrol(r.st.Keys, "https://127.0.0.1", time.Now())
	must(t, err)
	must(t, r.st.Province.Enrolled(t.Context(), e))
	s, err := r.st.Outbox.SubmitDossier(t.Context(), "tap", prove.Dossier(time.Now()), "UBND xã", func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil })
	must(t, err)
	r.packet = s.Packet
	r.slip, err = token.ReadSlip(s.QR)
	must(t, err)
	return r
}

// follow runs f beside a following station that holds one dossier.
func follow(t *testing.T, f func(t *testing.T, r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer func() { must(t, r.st.Close()) }()
		r.st.Inbox.OnNote(func(n inbox.Note) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.notes = append(r.notes, n)
		})
		r.portal.answer = r.events("e1")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.st.Inbox.Follow(ctx, r.portal) }()
		defer func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}()
		f(t, r)
	})
}

// event is one sealed event to the station.
func (r *rig) event(n uint64, e dossier.Event) wire.SealedEvent {
	r.t.Helper()
	plain, err := json.Marshal(e)
	must(r.t, err)
	sealed, err := seal.SealToRecipients(plain, r.st.Keys.EventRecipient())
	must(r.t, err)
	return wire.SealedEvent{N: n, Sealed: sealed}
}

func (r *rig) accepted(n uint64) wire.SealedEvent {
	return r.event(n, dossier.Event{Kind: dossier.EventStatus, Packet: r.packet, Status: dossier.StatusAccepted, Code: "H15.30-260714-0001",
		At: time.Date(2026, 7, 14, 3, 0, 0, 0, time.UTC), Form01: &dossier.Form01{Number: "1", Applicant: prove.CanaryName}})
}

// events answers with those of list that come after the cursor.
func (r *rig) events(epoch string, list ...wire.SealedEvent) func(wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
	return func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
		a := wire.EventsAnswer{Epoch: epoch, Events: []wire.SealedEvent{}}
		for _, e := range list {
			if q.After.Epoch != epoch || e.N > q.After.N {
				a.Events = append(a.Events, e)
			}
		}
		return a, wire.Watermark{Epoch: epoch, Counter: 100}, nil
	}
}

func (r *rig) card() dossier.CitizenCard {
	r.t.Helper()
	c, err := r.st.Inbox.BySlip(r.t.Context(), r.slip)
	must(r.t, err)
	return c
}

func (r *rig) cursor() store.Cursor {
	r.t.Helper()
	c, err := r.st.Store.Cursor(r.t.Context())
	must(r.t, err)
	return c
}

func (r *rig) noted(kind inbox.NoteKind) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.notes {
		if x.Kind == kind {
			n++
		}
	}
	return n
}

func TestFollowPolls(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		time.Sleep(time.Minute)
		want := []string{"0: trust", "0: ,0 wait 0s", "0: e1,0 wait 25s", "25: e1,0 wait 25s", "50: e1,0 wait 25s"}
		if got := r.portal.take(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("asked %q", got)
		}
		last, online, why := r.st.Inbox.Contact()
		if !online || why != "" || time.Since(last) > time.Minute {
			t.Errorf("%v, %v, %q", last, online, why)
		}
		if r.noted(inbox.NoteContact) != 1 || r.noted(inbox.NoteLost) != 0 {
			t.Errorf("%v", r.notes)
		}
	})
}

func TestFollowAppliesNews(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		stranger := r.event(2, dossier.Event{Kind: dossier.EventStatus, Packet: "019f6a1e-0000-7000-8000-00000000ffff", Status: dossier.StatusAccepted})
		garbage := wire.SealedEvent{N: 3, Sealed: []byte("garbage")}
		fee := int64(8000)
		ready := r.event(4, dossier.Event{Kind: dossier.EventResult, Packet: r.packet, Status: dossier.StatusProcessed, FeeDue: &fee})
		r.portal.says(r.events("e1", r.accepted(1), stranger, garbage, ready))
		time.Sleep(time.Minute)
		c := r.card()
		due, known := c.FeeDue()
		if c.Status() != dossier.StatusProcessed || c.Code() != "H15.30-260714-0001" || c.Form01() == nil || !known || due != fee || !c.Ready() || len(c.News) != 2 {
			t.Errorf("%+v", c)
		}
		if got := r.cursor(); got != (store.Cursor{Epoch: "e1", N: 4}) {
			t.Errorf("cursor %+v: neither a stranger's nor an unreadable event may stop the rest", got)
		}
		if r.noted(inbox.NoteNews) != 2 {
			t.Errorf("%v", r.notes)
		}
		counter, err := r.st.Inbox.CounterCard(t.Context(), r.packet, r.prov.Counter)
		must(t, err)
		if counter.Status() != dossier.StatusProcessed || counter.Form01() != nil || counter.Name != prove.CanaryName {
			t.Errorf("the counter card knows the news without Form 01: %+v", counter)
		}
		if !strings.Contains(r.log.String(), "cannot be read") {
			t.Error("the unreadable event is not in the log")
		}
		for _, canary := range prove.Canaries {
			if strings.Contains(r.log.String(), canary) {
				t.Errorf("the log shows %q", canary)
			}
		}
	})
}

func TestFollowWaitsAtAGap(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		r.portal.says(r.events("e1", r.accepted(1), r.event(3, dossier.Event{Kind: dossier.EventResult, Packet: r.packet, Status: dossier.StatusProcessed})))
		time.Sleep(time.Minute)
		if got := r.cursor(); got.N != 1 {
			t.Errorf("cursor %+v", got)
		}
		if n := len(r.portal.take()); n > 20 {
			t.Errorf("asked %d times in a minute", n)
		}
		r.portal.says(r.events("e1", r.event(2, dossier.Event{Kind: dossier.EventStatus, Packet: r.packet, Status: dossier.StatusInProgress}),
			r.event(3, dossier.Event{Kind: dossier.EventResult, Packet: r.packet, Status: dossier.StatusProcessed})))
		time.Sleep(time.Minute)
		if got := r.cursor(); got.N != 3 || len(r.card().News) != 3 {
			t.Errorf("cursor %+v, %d news", got, len(r.card().News))
		}
	})
}

// A portal that begins anew is read from its beginning, and what was known
// stays known once.
func TestFollowANewEpoch(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		r.portal.says(r.events("e1", r.accepted(1)))
		time.Sleep(time.Minute)
		r.portal.says(r.events("e2", r.accepted(1), r.event(2, dossier.Event{Kind: dossier.EventStatus, Packet: r.packet, Status: dossier.StatusInProgress})))
		time.Sleep(time.Minute)
		if got := r.cursor(); got != (store.Cursor{Epoch: "e2", N: 2}) {
			t.Errorf("cursor %+v", got)
		}
		if c := r.card(); len(c.News) != 2 || c.Status() != dossier.StatusInProgress {
			t.Errorf("%+v", c.News)
		}
	})
}

func TestFollowWithoutNetwork(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		time.Sleep(time.Second)
		r.portal.says(func(wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
			return wire.EventsAnswer{}, wire.Watermark{}, dossier.E(dossier.CodeNoNetwork, nil)
		})
		time.Sleep(2 * time.Minute)
		last, on, why := r.st.Inbox.Contact()
		if on || why != dossier.CodeNoNetwork || time.Since(last) < time.Minute {
			t.Errorf("%v, %v, %q", last, on, why)
		}
		if n := len(r.portal.take()); n < 8 || n > 200 {
			t.Errorf("asked %d times in two minutes", n)
		}
		if r.noted(inbox.NoteLost) != 1 {
			t.Errorf("%v", r.notes)
		}
		r.portal.says(r.events("e1", r.accepted(1)))
		r.st.Inbox.Wake()
		synctest.Wait()
		if r.card().Status() != dossier.StatusAccepted || r.noted(inbox.NoteContact) != 2 {
			t.Errorf("after the wake-up: %+v, %v", r.card().News, r.notes)
		}
	})
}

func TestFollowRefreshesOnHints(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		frame, err := r.prov.Catalogue(3, time.Now())
		must(t, err)
		old, err := r.prov.Catalogue(2, time.Now())
		must(t, err)
		foreign, err := prove.NewProvince(time.Now())
		must(t, err)
		wrong, err := foreign.Catalogue(4, time.Now())
		must(t, err)
		version := 3
		r.portal.mu.Lock()
		r.portal.document = func(what string) (client.Fetched, error) {
			body := map[string][]byte{"catalogue": frame, "staff": []byte(r.prov.Staff)}[what]
			if what == "catalogue" && version == 4 {
				body = wrong
			}
			if what == "catalogue" && version == 5 {
				body = old
			}
			return client.Fetched{Fresh: body != nil, Tag: fmt.Sprintf("%s-%d", what, version), Body: body}, nil
		}
		r.portal.answer = func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
			return wire.EventsAnswer{Epoch: "e1", Hints: wire.Hints{Catalogue: version, Staff: "staff-3"}}, wire.Watermark{}, nil
		}
		r.portal.mu.Unlock()
		time.Sleep(time.Minute)
		cat, err := r.st.Province.Catalogue()
		must(t, err)
		if cat.Version() != 3 || r.noted(inbox.NoteCatalogue) != 1 || r.noted(inbox.NoteStaff) != 1 {
			t.Errorf("version %d, %v", cat.Version(), r.notes)
		}
		if n := len(r.portal.take()); n > 12 {
			t.Errorf("asked %d times in a minute", n)
		}
		for _, next := range []int{4, 5} {
			r.portal.mu.Lock()
			version = next
			r.portal.mu.Unlock()
			time.Sleep(10 * time.Minute)
			if cat, err = r.st.Province.Catalogue(); err != nil || cat.Version() != 3 {
				t.Errorf("a catalogue that does not hold took effect: %v", err)
			}
			if n := len(r.portal.take()); n > 800 {
				t.Errorf("asked %d times in ten minutes", n)
			}
		}
		again, err := inbox.OpenProvince(t.Context(), r.st.Store, time.Now)
		must(t, err)
		if cat, err = again.Catalogue(); err != nil || cat.Version() != 3 {
			t.Errorf("after a restart: %v", err)
		}
		list, err := again.Staff()
		must(t, err)
		if rec, err := again.Counter(); err != nil || rec[0] != list.CounterRecipient() {
			t.Errorf("%v, %v", rec, err)
		}
	})
}

// A machine whose clock is lost starts all the same, and knows what it knew.
func TestRestartWithALostClock(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		time.Sleep(time.Minute)
		lost := func() time.Time { return time.Unix(0, 0) }
		again, err := inbox.OpenProvince(t.Context(), r.st.Store, lost)
		must(t, err)
		if e, err := again.Enrolment(); err != nil || e.Station.Code != prove.StationCode {
			t.Errorf("%+v, %v", e, err)
		}
		in, err := inbox.New(t.Context(), inbox.Config{Store: r.st.Store, Keys: r.st.Keys, Province: again, Now: lost})
		must(t, err)
		if last, online, _ := in.Contact(); online || last.IsZero() || time.Since(last) > 2*time.Minute {
			t.Errorf("last contact %v, online %v", last, online)
		}
	})
}

// A watermark below what the station has seen shows a portal that was set back.
func TestFollowAPortalThatWasSetBack(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		time.Sleep(time.Second)
		p, err := r.st.Store.Packet(t.Context(), r.packet)
		must(t, err)
		took := time.Now().Add(-3 * time.Hour).Truncate(time.Second) // by a stick: it is heard of later
		rec, compact, err := r.prov.Receipt(p, 5, took)
		must(t, err)
		_, err = r.st.Store.Held(t.Context(), rec, compact)
		must(t, err)
		if sent := r.card().Sent; !sent.Equal(took) {
			t.Errorf("the card says sent %v; the portal took it at %v", sent, took)
		}
		r.portal.says(func(wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
			return wire.EventsAnswer{Epoch: "e1"}, wire.Watermark{Epoch: "e1", Counter: 4}, nil
		})
		time.Sleep(time.Minute)
		w, err := r.st.Store.Waiting(t.Context())
		must(t, err)
		if w.Packets != 1 || !r.card().Sent.IsZero() {
			t.Errorf("%d offered again; the card says sent %v", w.Packets, r.card().Sent)
		}
	})
}

func TestBeforeTheEnrolment(t *testing.T) {
	st, err := prove.OpenStation(t.Context(), t.TempDir(), clock.NewFake(time.Now()), slog.New(slog.DiscardHandler))
	must(t, err)
	defer func() { must(t, st.Close()) }()
	ctx := t.Context()
	p := st.Province
	for name, err := range map[string]error{
		"enrolment": second(p.Enrolment()), "station": second(p.Station()), "recipient": second(p.Recipient()),
		"staff": second(p.Staff()), "counter": second(p.Counter()), "time": second(st.Link.Time(ctx)),
		"catalogue's fetch": second(st.Link.Catalogue(ctx, "", client.Fetched{})), "delta's fetch": second(st.Link.Delta(ctx, 1)), "staff's fetch": second(st.Link.Staff(ctx, "")), "trust's fetch": second(st.Link.Trust(ctx, "")),
	} {
		if dossier.CodeOf(err) != dossier.CodeNotEnrolled {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.Catalogue(); dossier.CodeOf(err) != dossier.CodeNoCatalogue {
		t.Errorf("catalogue: %v", err)
	}
	if _, _, err := st.Link.Put(ctx, dossier.Packet{}); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Errorf("put: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
