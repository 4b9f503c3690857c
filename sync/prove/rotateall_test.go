package prove

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// turning is a world whose portal is started again, over the same folder.
type turning struct {
	*world
	dir string // the portal's
	end func()
}

func newTurning(t *testing.T) *turning {
	w := &turning{world: &world{t: t, clock: clock.NewFake(begin), log: &logged{}, dir: filepath.Join(t.TempDir(), "station")}, dir: t.TempDir()}
	w.serve()
	t.Cleanup(func() { w.crash(); w.end(); w.line.close() })
	w.open()
	return w
}

func (w *turning) serve() {
	w.t.Helper()
	var err error
	w.portal, err = portal.Open(w.t.Context(), portal.Options{Dir: w.dir, Clock: w.clock, Log: slog.New(slog.NewJSONHandler(w.log, nil)),
		Catalogue: demo.Snapshot(), SlipHost: SlipHost, StaffCost: cheap,
		Staff:    []staff.Person{{ID: "GDV-1", Name: "Giao dịch viên", Role: staff.RoleClerk, PIN: ClerkPIN}},
		OnBadges: func(b []portal.Badge) error { w.badge = b[0].Text; return nil }})
	must(w.t, err)
	p := w.portal
	ctx, cancel := context.WithCancel(context.Background())
	srv, err := p.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	must(w.t, err)
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	w.end = func() { cancel(); must(w.t, <-done); must(w.t, p.Close()) }
	if target := strings.TrimPrefix(srv.URL(), "https://"); w.line == nil {
		w.line = newLine(w.t, target)
	} else {
		w.line.reroute(target)
	}
}

// again starts the station anew: it looks at the trust bundle.
func (w *turning) again() {
	w.crash()
	w.open()
	w.run(w.station.Link)
}

// Each kind of key is replaced while a station works: what it says before, while
// the new key is only announced, and after it holds arrives, is receipted and
// opened, and what the old key signs from then on is believed no more.
func TestRotateEveryKey(t *testing.T) {
	for _, kind := range append([]seal.Use{"recipient"}, portal.Uses...) {
		t.Run(string(kind), func(t *testing.T) {
			w := newTurning(t)
			w.enrol()
			w.run(w.station.Link)
			var packets []string
			send := func(when string) {
				t.Helper()
				s, _ := w.submit(when)
				w.until("the receipt "+when, w.held(s.Packet))
				packets = append(packets, s.Packet)
			}
			w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
			version := w.station.Province.Known().Catalogue
			send("before")
			w.end()
			w.clock.Add(time.Hour)
			if kind == "recipient" {
				_, err := portal.Rotate(w.dir, "", w.clock.Now())
				must(t, err)
			} else {
				_, err := portal.RotateSigner(w.dir, "", kind, w.clock.Now(), portal.Lead)
				must(t, err)
			}
			w.serve()
			send("by who has not heard of it")
			w.again()
			w.until("the new bundle", func() bool { return w.station.Province.Trust().Version == 2 })
			send("before it holds")
			w.clock.Add(portal.Lead + time.Hour)
			w.end()
			w.serve() // the daily round would sign anew as well
			w.again()
			send("after")
			trust := w.station.Province.Trust()
			switch kind {
			case "recipient":
				if r, err := w.station.Province.Recipient(); err != nil || r.ID != "recipient-2" {
					t.Errorf("seals to %s, %v", r.ID, err)
				}
			case seal.UseCatalogue:
				w.until("the catalogue of the new key", func() bool { return w.station.Province.Known().Catalogue == version+1 })
			case seal.UseStaff:
				w.until("the list of the new key", func() bool { l, err := w.station.Province.Staff(); return err == nil && l.Version == 2 })
				l, err := w.station.Province.Staff()
				must(t, err)
				if _, err := staff.Login(l, w.badge, ClerkPIN, w.clock.Now()); err != nil {
					t.Errorf("a badge from before: %v", err)
				}
			case seal.UseTime:
				if at, err := w.station.Link.Time(t.Context()); err != nil || !at.Equal(w.clock.Now()) {
					t.Errorf("%v, %v", at, err)
				}
			case seal.UseReceipt:
				key, err := seal.LoadP256(filepath.Join(w.dir, "keys"), "receipt.pem")
				must(t, err)
				old, err := seal.NewSigner(key)
				must(t, err)
				for at, good := range map[time.Time]bool{begin: true, w.clock.Now(): false} {
					signed, err := seal.SignJSON(dossier.Receipt{Packet: packets[0], At: at}, wire.TypReceipt, old)
					must(t, err)
					var r dossier.Receipt
					if err := trust.Verify(seal.UseReceipt, signed, wire.TypReceipt, &r, func() time.Time { return r.At }); (err == nil) != good {
						t.Errorf("of the old key, at %v: %v", at, err)
					}
				}
				for _, id := range packets { // what the old one signed still holds
					st, err := w.station.Store.State(t.Context(), id)
					must(t, err)
					var r dossier.Receipt
					must(t, trust.Verify(seal.UseReceipt, st.Receipt, wire.TypReceipt, &r, func() time.Time { return r.At }))
				}
			}
			for _, id := range packets {
				w.act(id, portal.ActAccept)
			}
			w.again() // it reads everything it kept under the new bundle
			if err := w.station.Province.CanSeal(); err != nil || len(w.station.Store.Findings()) > 0 {
				t.Errorf("%v, %+v", err, w.station.Store.Findings())
			}
			if _, err := w.station.Province.Catalogue(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A retired private key is destroyed when nothing can need it any more, and not
// before: content that is kept, or may still come, is sealed to it.
func TestRetiredKeysAreDestroyed(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(begin)
	there := func(n string) bool {
		_, err := os.Stat(filepath.Join(dir, "keys", "recipient-"+n+".age"))
		return err == nil
	}
	sweep := func() int {
		t.Helper()
		p, err := portal.Open(t.Context(), portal.Options{Dir: dir, Clock: fake, SlipHost: SlipHost, Catalogue: demo.Snapshot(), StaffCost: cheap})
		must(t, err)
		done, err := p.Sweep(t.Context())
		must(t, err)
		must(t, p.Close())
		return done.Keys
	}
	sweep()
	to := func(at time.Time) { fake.Add(at.Sub(fake.Now())) }
	to(begin.AddDate(2, 0, 0))
	_, err := portal.Rotate(dir, "", fake.Now())
	must(t, err)
	to(begin.AddDate(8, 0, 0)) // the keys have ended, and the portal goes on
	_, err = portal.Rotate(dir, "", fake.Now())
	must(t, err)
	for _, use := range portal.Uses {
		_, err = portal.RotateSigner(dir, "", use, fake.Now(), 0)
		must(t, err)
	}
	to(begin.AddDate(9, 0, -1)) // three years of validity, one of grace, five of keeping
	if n := sweep(); n != 0 || !there("1") {
		t.Errorf("%d keys destroyed too early", n)
	}
	to(begin.AddDate(9, 1, 0))
	if n := sweep(); n != 1 || there("1") || !there("2") || !there("3") {
		t.Errorf("%d keys destroyed", n)
	}
	if n := sweep(); n != 0 {
		t.Errorf("%d more", n)
	}
}
