package inbox_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
)

// Where the province's keys have ended, no visit begins. What was begun before is
// finished, and a result handed over; after a year not even that, since the
// private key may be gone. A newer bundle, however it comes, ends all of it.
func TestEndedKeys(t *testing.T) {
	at := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	fake := clock.NewFake(at)
	prov, err := prove.NewProvince(at)
	must(t, err)
	st, err := prove.OpenStation(t.Context(), t.TempDir(), fake, slog.New(slog.DiscardHandler))
	must(t, err)
	defer func() { must(t, st.Close()) }()
	if got := dossier.CodeOf(st.Province.CanSeal()); got != dossier.CodeNotEnrolled {
		t.Errorf("before the enrolment: %q", got)
	}
	e, err := prov.Enrol(st.Keys, "https://127.0.0.1", at)
	must(t, err)
	must(t, st.Province.Enrolled(t.Context(), e))
	must(t, st.Province.CanSeal())
	page, err := st.Outbox.AddFile(t.Context(), "visit", "page", strings.NewReader("a page"))
	must(t, err)
	until := prov.Trust.Recipients[0].Until
	submit := func(tap string) (outbox.Submitted, error) {
		return st.Outbox.SubmitDossier(t.Context(), tap, prove.Dossier(at), "UBND", func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil })
	}
	handOver := func(tap, packet string) (outbox.Submitted, error) {
		return st.Outbox.Submit(t.Context(), outbox.Letter{Token: tap, Kind: dossier.KindHandover, Parent: packet, HandOver: packet,
			Body: func(string) (any, error) { return map[string]string{"to": "somebody"}, nil }})
	}

	fake.Add(until.Sub(fake.Now()) - time.Nanosecond)
	must(t, st.Province.CanSeal())
	fake.Add(time.Nanosecond)
	if got := dossier.CodeOf(st.Province.CanSeal()); got != dossier.CodeNoKey {
		t.Errorf("when the key has ended: %q", got)
	}
	if _, err := st.Outbox.AddFile(t.Context(), "visit", "page", strings.NewReader("another page")); err != nil {
		t.Errorf("the next page of a visit that was begun: %v", err)
	}
	done, err := submit("begun before")
	must(t, err)
	p, err := st.Store.Packet(t.Context(), done.Packet)
	must(t, err)
	if _, err := seal.Open(p, []age.Identity{prov.Identity}); err != nil {
		t.Errorf("sealed to nobody: %v", err)
	}
	fake.Add(seal.SealGrace - time.Nanosecond)
	if _, err := handOver("a hand-over", done.Packet); err != nil {
		t.Errorf("a result lies here and cannot be collected: %v", err)
	}
	fake.Add(time.Nanosecond)
	for what, err := range map[string]error{"a hand-over": second(handOver("late", done.Packet)), "a submission": second(submit("late"))} {
		if dossier.CodeOf(err) != dossier.CodeNoKey {
			t.Errorf("%s after the grace: %v", what, err)
		}
	}
	if page.Size == 0 {
		t.Error("the page is empty")
	}

	must(t, prov.NextTrust(fake.Now(), func(tr *seal.Trust) {
		tr.Recipients = append(tr.Recipients, seal.Recipient{ID: "r2", Key: prov.Identity.Recipient().String(), From: fake.Now(), Until: fake.Now().AddDate(1, 0, 0)})
	}))
	must(t, st.Inbox.TakeTrust(t.Context(), prov.Bundle))
	must(t, st.Province.CanSeal())
	if r, err := st.Province.Recipient(); err != nil || r.ID != "r2" {
		t.Errorf("%+v, %v", r, err)
	}
}

// While no key holds, a station asks for the trust bundle often; else once a day.
func TestEndedKeysAreAskedFor(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		asked := func(d time.Duration) (n int) {
			r.portal.take()
			time.Sleep(d)
			for _, s := range r.portal.take() {
				if strings.HasSuffix(s, ": trust") {
					n++
				}
			}
			return n
		}
		if n := asked(23 * time.Hour); n > 1 {
			t.Errorf("asked %d times in a day", n)
		}
		must(t, r.prov.NextTrust(time.Now(), func(tr *seal.Trust) { tr.Recipients[0].Until = time.Now() }))
		must(t, r.st.Inbox.TakeTrust(t.Context(), r.prov.Bundle))
		if n := asked(time.Hour); n < 5 || n > 7 {
			t.Errorf("asked %d times in an hour without a key", n)
		}
		must(t, r.prov.NextTrust(time.Now(), func(tr *seal.Trust) { tr.Recipients[0].Until = time.Now().AddDate(1, 0, 0) }))
		r.portal.mu.Lock()
		r.portal.document = func(string) (client.Fetched, error) {
			return client.Fetched{Fresh: true, Tag: "t3", Body: r.prov.Bundle}, nil
		}
		r.portal.mu.Unlock()
		if n := asked(time.Hour); n != 1 || r.st.Province.CanSeal() != nil {
			t.Errorf("asked %d times, then %v", n, r.st.Province.CanSeal())
		}
	})
}
